# KK_PAGE: the dashboard is built from web/page/ with what `npm ci` put there, or taken ready-made from a tarball.
AC_DEFUN([KK_PAGE], [
AC_CHECK_PROGS([NODE], [node nodejs])
AS_IF([test -f "$srcdir/web/page/dist/index.html" && ! test -d "$srcdir/web/page/node_modules"], [kk_page=ready-made],
  [test -n "$NODE" && test -d "$srcdir/web/page/node_modules"], [kk_page=built],
  [kk_page="none (run tools/deps for the dashboard)"])
AM_CONDITIONAL([PAGE_BUILD], [test "x$kk_page" = xbuilt])
AM_CONDITIONAL([PAGE], [test "x$kk_page" = xbuilt || test "x$kk_page" = xready-made])
])
