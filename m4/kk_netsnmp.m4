# KK_NETSNMP: net-snmp without its build flags (net-snmp-config --cflags carries Debian's hardening and warnings).
AC_DEFUN([KK_NETSNMP], [
PKG_CHECK_MODULES([NETSNMP], [netsnmp >= 5.9], [], [AC_MSG_ERROR([net-snmp is needed: run tools/deps])])
])
