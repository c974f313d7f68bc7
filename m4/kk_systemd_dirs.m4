# KK_SYSTEMD_DIRS: units, sysusers and tmpfiles go below the prefix, so that `make install` writes nowhere else.
AC_DEFUN([KK_SYSTEMD_DIRS], [
AC_ARG_WITH([systemdsystemunitdir], [AS_HELP_STRING([--with-systemdsystemunitdir=DIR], [units (default PREFIX/lib/systemd/system)])],
  [systemdsystemunitdir=$withval], [systemdsystemunitdir='${prefix}/lib/systemd/system'])
sysusersdir='${prefix}/lib/sysusers.d'
tmpfilesdir='${prefix}/lib/tmpfiles.d'
bashcompletiondir='${datadir}/bash-completion/completions'
AC_SUBST([systemdsystemunitdir]) AC_SUBST([sysusersdir]) AC_SUBST([tmpfilesdir]) AC_SUBST([bashcompletiondir])
])
