# KK_LINK_TIME: kkachi-probe is optimised as one, so that a packet's layers are no calls; objects can be linked without it too, as
# tests are, whose links stay quick. After KK_SANITIZERS and KK_FUZZING, which it is not for.
AC_DEFUN([KK_LINK_TIME], [
AC_ARG_ENABLE([lto], [AS_HELP_STRING([--disable-lto], [do not optimise kkachi-probe as one (slower by a twelfth)])])
KK_LTO= KK_NO_LTO=
AS_IF([test "x$enable_lto" != xno && test -z "$KK_SAN"], [
  AC_MSG_CHECKING([whether $CC optimises at link time])
  kk_cflags=$CFLAGS
  CFLAGS="$CFLAGS -Werror -flto=auto -ffat-lto-objects"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [KK_LTO="-flto=auto -ffat-lto-objects" KK_NO_LTO=-fno-lto])
  CFLAGS=$kk_cflags
  AC_MSG_RESULT([${KK_LTO:-no}])
])
AC_SUBST([KK_LTO])
AC_SUBST([KK_NO_LTO])
])
