# KK_CHECK_TOOLS: what `make check` uses beside the compiler; an absent one makes its check say "skipped".
AC_DEFUN([KK_CHECK_TOOLS], [
AC_CHECK_PROGS([MANDOC], [mandoc])
AC_CHECK_PROGS([DOXYGEN], [doxygen])
AC_CHECK_PROGS([CLANG_FORMAT], [clang-format-14 clang-format])
])
