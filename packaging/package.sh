#!/usr/bin/env bash
# Makes of the bundle in dist/bundle what users of this system download, in dist: a disk image, an installer, an AppImage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' drumapp/__init__.py)
variant=$([ "${DRUMAPP_BUNDLE_TORCH:-yes}" = no ] && echo "-without-training" || true)
name=Drumapp-$version$variant

case $(uname -s) in
    Darwin) exec packaging/macos/disk_image.sh "dist/$name-$(uname -m).dmg" ;;
    Linux) exec packaging/linux/appimage.sh "dist/$name-$(uname -m).AppImage" ;;
    MINGW* | MSYS* | CYGWIN*)
        # ISCC takes options with a slash, which the shell would turn into a path.
        exec env MSYS2_ARG_CONV_EXCL='*' iscc "/DVersion=$version" "/DName=$name-x86_64" packaging/windows/drumapp.iss
        ;;
esac
echo "There is no package for $(uname -s); the bundle in dist/bundle can be copied as it is." >&2
exit 1
