import Testing

@testable import Letterhead

@Suite struct RelayPlacesTests {
  private static let usual = ("/var/lib/letterhead", "/run/letterhead/status.json")

  @Test(
    arguments: [
      ("", usual, nil),
      ("status_file = \"/srv/s.json\"", ("/var/lib/letterhead", "/srv/s.json"), nil),
      ("state_dir = 'state'\nstatus_file = \"../s.json\"", ("/etc/lh/state", "/etc/s.json"), nil),
      // A mistake that is none of TOML's grammar.
      (
        "status_file = \"/srv/s.json\"\nnonsense = 4\n[[listener]]\naddress = 25",
        ("/var/lib/letterhead", "/srv/s.json"), nil
      ),
      // Half edited.
      (" status_file\t= \"/srv/s.json\"\nstate_dir = \n[entity", ("/var/lib/letterhead", "/srv/s.json"), nil),
      ("# status_file = \"/no\"\nstatus_files = \"/no\"\nlimits = {", usual, "has mistakes"),
      ("= \n[x]\nstatus_file = \"/no\"", usual, "has mistakes"),
      ("[\nstatus_file = \"/no\"", usual, "has mistakes"),
    ] as [(String?, (String, String), String?)])
  func `the places are found in whatever is left of a configuration`(
    text: String?, places: (String, String), remark: String?
  ) {
    let found = RelayPlaces.find(in: text, path: "/etc/lh/letterhead.toml")
    #expect(found.stateDirectory == places.0 && found.statusFile == places.1)
    #expect((found.remark == nil) == (remark == nil))
    if let remark {
      #expect(found.remark?.contains(remark) == true && found.remark?.contains(places.1) == true, "\(found)")
    }
  }

  @Test func `of the usual file the usual places are good enough, whatever becomes of it`() {
    let found = RelayPlaces.find(in: nil, path: Configuration.usualFile)
    #expect(found.areKnown && !found.isRead && found.statusFile == Self.usual.1)
    #expect(found.remark?.contains("cannot be read, so the usual places are looked at") == true)
  }

  @Test(arguments: [(true, "cannot be read by this user"), (false, "There is no file /srv/typo.toml")])
  func `a file that was named and says nothing is no other relay's`(isThere: Bool, remark: String) {
    let found = RelayPlaces.find(in: nil, path: "/srv/typo.toml", isThere: isThere)
    #expect(!found.areKnown && found.remark?.contains(remark) == true, "\(found)")
    #expect(!RelayPlaces.find(in: "/nowhere/letterhead.toml").areKnown)
  }
}
