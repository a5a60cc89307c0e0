// What `--experimental-dump-help` says of a small program, for tests of what is made of it.

enum HelpSample {
  static let json = """
    {"serializationVersion": 0, "command": {"commandName": "letterhead", "abstract": "A relay.",
     "discussion": "Relays.\\n\\nExit codes:\\n  0   done\\n  1   it did not work\\n  64  wrong\\n  75  it waits", "subcommands": [
      {"commandName": "queue", "superCommands": ["letterhead"], "abstract": "See the mail.", "defaultSubcommand": "show",
       "discussion": "Works.\\n\\nExample: letterhead queue", "subcommands": [
        {"commandName": "show", "superCommands": ["letterhead", "queue"], "abstract": "Show one.", "arguments": [
          \(config),
          {"kind": "flag", "names": [{"kind": "long", "name": "json"}], "preferredName": {"kind": "long", "name": "json"},
           "isOptional": true, "isRepeating": false, "shouldDisplay": true},
          {"kind": "flag", "names": [{"kind": "long", "name": "secret"}], "preferredName": {"kind": "long", "name": "secret"},
           "abstract": "hidden", "isOptional": true, "isRepeating": false, "shouldDisplay": false},
          {"kind": "flag", "names": [{"kind": "long", "name": "help"}], "preferredName": {"kind": "long", "name": "help"},
           "abstract": "Show help information.", "isOptional": true, "isRepeating": false, "shouldDisplay": true},
          {"kind": "positional", "valueName": "id", "abstract": "Which.", "isOptional": false, "isRepeating": true,
           "shouldDisplay": true}]},
        {"commandName": "delete", "superCommands": ["letterhead", "queue"], "abstract": "Delete some.", "arguments": [
          \(config),
          {"kind": "option", "names": [{"kind": "long", "name": "state"}], "preferredName": {"kind": "long", "name": "state"},
           "valueName": "state", "abstract": "In this state.", "allValues": ["held", "failed"], "defaultValue": "held",
           "isOptional": true, "isRepeating": false, "shouldDisplay": true}]}]},
      {"commandName": "trace", "superCommands": ["letterhead"], "abstract": "Find one.",
       "discussion": "Exit codes:\\n  1  nothing was found", "arguments": [
          {"kind": "flag", "names": [{"kind": "long", "name": "sent"}], "preferredName": {"kind": "long", "name": "sent"},
           "abstract": "What was sent.", "isOptional": true, "isRepeating": false, "shouldDisplay": true},
          {"kind": "flag", "names": [{"kind": "long", "name": "no-sent"}],
           "preferredName": {"kind": "long", "name": "no-sent"},
           "abstract": "What was sent.", "isOptional": true, "isRepeating": false, "shouldDisplay": true}]},
      {"commandName": "app", "superCommands": ["letterhead"], "abstract": "See the apps.", "defaultSubcommand": "list",
       "subcommands": [
        {"commandName": "list", "superCommands": ["letterhead", "app"], "arguments": [\(config)]},
        {"commandName": "deny", "superCommands": ["letterhead", "app"]}]},
      {"commandName": "secret", "shouldDisplay": false, "superCommands": ["letterhead"]},
      {"commandName": "help", "superCommands": ["letterhead"]}]}}
    """

  private static let config = """
    {"kind": "option", "names": [{"kind": "long", "name": "config"}], "preferredName": {"kind": "long", "name": "config"},
     "valueName": "file", "abstract": "The file.", "defaultValue": "/etc/x", "isOptional": true, "isRepeating": false,
     "shouldDisplay": true}
    """
}
