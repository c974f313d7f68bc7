# KK_SANITIZERS: --enable-sanitizers is address and undefined; --enable-sanitizers=thread is the other run.
AC_DEFUN([KK_SANITIZERS], [
AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@], [build with sanitizers (default LIST: address,undefined)])])
KK_SAN=
AS_CASE([$enable_sanitizers],
  [""|no], [],
  [yes], [KK_SAN="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"],
  [KK_SAN="-fsanitize=$enable_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"])
AC_SUBST([KK_SAN])
])
