; The installer for Windows, by Inno Setup 6: packaging/package.sh calls it with Version and Name.
; It installs for the one user, without asking for an administrator, and removes all that it installed. What the program
; keeps for the user (docs/files.md) stays.

#ifndef Version
  #error Give the version: iscc /DVersion=1.0.0 /DName=Drumapp-1.0.0-x86_64 packaging\windows\drumapp.iss
#endif

[Setup]
AppId={{7C5B2F5B-6E0D-4E0B-9C62-5C2C7E0E3A51}
AppName=Drumapp
AppVersion={#Version}
AppPublisher=The authors of Drumapp
DefaultDirName={autopf}\Drumapp
DefaultGroupName=Drumapp
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
SourceDir=..\..
LicenseFile=LICENSE
SetupIconFile=build\bundle\drumapp\icons\drumapp.ico
UninstallDisplayIcon={app}\drumapp.exe
OutputDir=dist
OutputBaseFilename={#Name}
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Files]
Source: "dist\bundle\drumapp\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Drumapp"; Filename: "{app}\drumapp.exe"
Name: "{autodesktop}\Drumapp"; Filename: "{app}\drumapp.exe"; Tasks: desktopicon

[Registry]
; Projects are ours. MIDI files keep the program the user has for them, and offer this one under "Open with".
Root: HKA; Subkey: "Software\Classes\.drumapp"; ValueType: string; ValueData: "Drumapp.Project"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Drumapp.Project"; ValueType: string; ValueData: "Drumapp project"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Drumapp.Project\DefaultIcon"; ValueType: string; ValueData: "{app}\drumapp.exe,0"
Root: HKA; Subkey: "Software\Classes\Drumapp.Project\shell\open\command"; ValueType: string; ValueData: """{app}\drumapp.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\drumapp.exe\shell\open\command"; ValueType: string; ValueData: """{app}\drumapp.exe"" ""%1"""; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\drumapp.exe\SupportedTypes"; ValueType: string; ValueName: ".mid"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\.mid\OpenWithList\drumapp.exe"; ValueType: none; Flags: uninsdeletekey

[Run]
Filename: "{app}\drumapp.exe"; Description: "{cm:LaunchProgram,Drumapp}"; Flags: nowait postinstall skipifsilent
