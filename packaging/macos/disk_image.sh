#!/usr/bin/env bash
# Signs dist/bundle/Drumapp.app, has Apple notarise it, and packs it into a disk image.
#
#   packaging/macos/disk_image.sh dist/Drumapp-1.0.0-arm64.dmg
#
# DRUMAPP_CODESIGN_IDENTITY  "Developer ID Application: NAME (TEAM)", a certificate in the keychain. Without it the
#                            application stays signed ad hoc: it runs, after the user has allowed it by a right click.
# DRUMAPP_NOTARY_PROFILE     a profile of "xcrun notarytool store-credentials". Without it nothing goes to Apple.
#
# Apple wants every library signed with the hardened runtime before it notarises; codesign works from the inside out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

image=$1
application=dist/bundle/Drumapp.app
entitlements=packaging/macos/entitlements.plist
identity=${DRUMAPP_CODESIGN_IDENTITY:-}
profile=${DRUMAPP_NOTARY_PROFILE:-}

if [ -n "$identity" ]; then
    sign() { codesign --force --timestamp --options runtime --sign "$identity" "$@"; }
    # Programs need the entitlements as well, and are signed after the libraries.
    find "$application/Contents/Frameworks" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
        while IFS= read -r -d '' library; do sign "$library"; done
    find "$application/Contents" -type f -perm -u+x ! -name '*.dylib' ! -name '*.so' -print0 |
        while IFS= read -r -d '' program; do
            if file -b "$program" | grep -q Mach-O; then sign --entitlements "$entitlements" "$program"; fi
        done
    sign --entitlements "$entitlements" "$application"
    codesign --verify --deep --strict --verbose=2 "$application"
fi

if [ -n "$identity" ] && [ -n "$profile" ]; then
    archive=$(mktemp -d)/Drumapp.zip
    ditto -c -k --keepParent "$application" "$archive"
    xcrun notarytool submit "$archive" --keychain-profile "$profile" --wait
    xcrun stapler staple "$application"
    rm -r "$(dirname "$archive")"
fi

content=$(mktemp -d)
trap 'rm -rf "$content"' EXIT
cp -R "$application" "$content/"
ln -s /Applications "$content/Applications"
rm -f "$image"
hdiutil create -volname Drumapp -srcfolder "$content" -fs HFS+ -format UDZO "$image"
if [ -n "$identity" ]; then
    codesign --force --timestamp --sign "$identity" "$image"
fi
echo "$image"
