# KK_FLAGS: our own flags go to KK_CFLAGS; the user's CFLAGS stay the user's.
AC_DEFUN([KK_FLAGS], [
AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [warnings are errors (CI)])])
KK_CFLAGS="-std=gnu11 -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wundef -Wformat=2 -Wpointer-arith -fstack-protector-strong"
AS_IF([test "x$enable_werror" = xyes], [KK_CFLAGS="$KK_CFLAGS -Werror"])
AC_SUBST([KK_CFLAGS])
])
