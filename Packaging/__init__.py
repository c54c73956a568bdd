"""Makes what is shipped, a tarball, a Debian package and a container's recipe, and tries the package on a clean Debian."""
