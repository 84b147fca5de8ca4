#!/usr/bin/env bash
# Lays the bundle in dist/bundle out as Linux desktops expect it: program, menu entry, icons and file type.
#
#   packaging/linux/tree.sh FOLDER    such as an AppDir, or ~/.local for one user
#
# In FOLDER it makes lib/drumapp, bin/drumapp and share/{applications,icons,mime,metainfo}.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=$1
if [ ! -x dist/bundle/drumapp/drumapp ]; then
    echo "There is no bundle in dist/bundle: make bundle" >&2
    exit 1
fi
mkdir -p "$target"/{lib,bin} "$target"/share/{applications,metainfo,mime/packages,icons/hicolor/scalable/apps}
rm -rf "$target/lib/drumapp"
cp -a dist/bundle/drumapp "$target/lib/drumapp"
ln -sfn ../lib/drumapp/drumapp "$target/bin/drumapp"
cp packaging/linux/drumapp.desktop "$target/share/applications/"
cp packaging/linux/drumapp.metainfo.xml "$target/share/metainfo/org.drumapp.Drumapp.metainfo.xml"
cp packaging/linux/drumapp.xml "$target/share/mime/packages/"
cp -a build/bundle/drumapp/icons/hicolor "$target/share/icons/"
cp assets/icon/drumapp.svg "$target/share/icons/hicolor/scalable/apps/"
