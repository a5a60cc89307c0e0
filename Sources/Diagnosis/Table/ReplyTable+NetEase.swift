// NetEase (163, 126, yeah.net and its company mail) answers with codes in place of sentences: two letters for the phase,
// then what was the matter. Its help page of returned mail explains them.

import Mailboxes

extension ReplyTable {
  package static let netEaseRules: [Rule] = [
    Rule(
      says: "hl:icc", "hl:ifc", "hl:rep", "hl:mep", "hl:itc", "hl:ihu", "mi:cel", "mi:ccl", "mi:sfq", "rp:cel",
      like: (.greeting, "421 HL:ICC 163 smtp10"), (.mail, "451 MI:SFQ 163 smtp1"),
      means: Meaning.throttled),
    Rule(
      says: "mi:stc", "rp:trc", "rp:qrc", "rp:ccl",
      like: (.recipient, "550 RP:TRC 163 smtp2"),
      means: Meaning.dailyLimit),
    Rule(
      says: "hl:ipb", "mi:spb", "dt:rbl", "wm:bli", "wm:blu",
      like: (.mail, "554 MI:SPB 163 smtp3"),
      means: Meaning.clientBlocked),
    Rule("4", says: "rp:drc", "mi:dmc", like: (.mail, "451 MI:DMC 163 smtp5"), means: Meaning.busyMessage),
    Rule(says: "mi:nhd", like: (.mail, "550 MI:NHD 163 smtp3"), means: Meaning.helloName),
    Rule(says: "rp:frl", like: (.recipient, "550 RP:FRL 163 smtp3"), means: Meaning.notSignedIn),
    Rule(says: "rp:rcl", like: (.recipient, "550 RP:RCL 163 smtp3"), means: Meaning.tooManyRecipients),
    Rule(says: "dt:sum", "mi:imf", like: (.body, "554 DT:SUM 163 smtp3"), means: Meaning.senderRefused),
    Rule("5", says: "dt:spm", like: (.body, "554 DT:SPM 163 smtp10"), means: Meaning.spam),
  ]
}
