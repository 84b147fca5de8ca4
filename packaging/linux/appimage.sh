#!/usr/bin/env bash
# Packs the bundle in dist/bundle into one file that runs on any desktop with glibc 2.34 or later.
#
#   packaging/linux/appimage.sh dist/Drumapp-1.0.0-x86_64.AppImage
#
# Needs appimagetool on the PATH, or its file named in the variable APPIMAGETOOL.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

image=$1
tool=${APPIMAGETOOL:-appimagetool}
if ! command -v "$tool" >/dev/null; then
    echo "appimagetool is missing: get it from https://github.com/AppImage/appimagetool/releases" >&2
    exit 1
fi
folder=build/Drumapp.AppDir
rm -rf "$folder"
packaging/linux/tree.sh "$folder/usr"
cp packaging/linux/drumapp.desktop "$folder/"
cp build/bundle/drumapp/icons/hicolor/256x256/apps/drumapp.png "$folder/"
ln -s drumapp.png "$folder/.DirIcon"
cat >"$folder/AppRun" <<'RUN'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/lib/drumapp/drumapp" "$@"
RUN
chmod +x "$folder/AppRun"
ARCH=$(uname -m) "$tool" --no-appstream "$folder" "$image"
