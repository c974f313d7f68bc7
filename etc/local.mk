# etc/ - units, sysusers, tmpfiles, example configuration.
