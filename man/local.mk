# man/ - manual pages (mdoc), linted in make check.
