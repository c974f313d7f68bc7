# KK_FUZZING: with --enable-fuzzing (clang) the fuzz_* programs are libFuzzer targets; else they replay their corpus.
AC_DEFUN([KK_FUZZING], [
AC_ARG_ENABLE([fuzzing], [AS_HELP_STRING([--enable-fuzzing], [link the fuzz targets with libFuzzer (needs clang)])])
AS_IF([test "x$enable_fuzzing" = xyes],
  [kk_fuzzing=libFuzzer; KK_FUZZ="-fsanitize=fuzzer"; KK_SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"],
  [kk_fuzzing="replay of the corpus"; KK_FUZZ=])
AC_SUBST([KK_FUZZ])
AM_CONDITIONAL([FUZZING], [test "x$enable_fuzzing" = xyes])
])
