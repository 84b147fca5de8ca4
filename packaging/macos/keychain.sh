#!/usr/bin/env bash
# Puts a Developer ID certificate into a keychain of its own and stores the notary's password, on a machine that is thrown
# away afterwards. Reads CERTIFICATE (a .p12 file in base64), CERTIFICATE_PASSWORD, IDENTITY, APPLE_ID, TEAM_ID and
# APP_PASSWORD, and names the outcome in $GITHUB_ENV for the steps that follow.
set -euo pipefail

password=$(openssl rand -hex 16)
keychain=$RUNNER_TEMP/drumapp.keychain-db
certificate=$RUNNER_TEMP/certificate.p12

base64 --decode <<<"$CERTIFICATE" >"$certificate"
security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 7200 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$certificate" -P "$CERTIFICATE_PASSWORD" -A -t cert -f pkcs12 -k "$keychain"
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
rm "$certificate"
xcrun notarytool store-credentials drumapp --apple-id "$APPLE_ID" --team-id "$TEAM_ID" --password "$APP_PASSWORD"
{
    echo "DRUMAPP_CODESIGN_IDENTITY=$IDENTITY"
    echo "DRUMAPP_NOTARY_PROFILE=drumapp"
} >>"$GITHUB_ENV"
