// Every state of a queue with every event, at noon: the state then, and what is to be done. One line a case.

struct QueueStateRow: CustomStringConvertible {
  let before: String
  let event: String
  let after: String
  let actions: String

  var description: String { "\(before) | \(event)" }

  init(_ line: Substring) {
    let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { cell in
      String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    (before, event, after, actions) = (cells[0], cells[1], cells[2], cells.count > 3 ? cells[3] : "")
  }

  static let all = table.split(separator: "\n").filter { $0.contains("|") }.map(QueueStateRow.init)
}

/// Time is in seconds. `new`: the directory has not shown the fault yet.
private let table = """
  open                 | started                     | open                       | open spool
  open                 | directory: works            | open                       |
  open                 | directory: flagged          | open                       |
  open                 | limits changed              | open                       |
  open                 | look wanted                 | open                       |
  open                 | message judged              | open                       |
  open                 | setback                     | open                       |
  open                 | message met: pause          | paused for 60              | learn rate, 1 sessions, close spool, publish a pause of 60
  open                 | message met: flag           | flagged, new, probe in 900 | close spool, publish denied
  open                 | message met: flag for good  | flagged for good, new      | close spool, publish refused for good
  open                 | message met: nobody         | unreachable, probe in 1    | close spool
  open                 | opening broken off          | open                       | give back
  open                 | opening met: nobody         | unreachable, probe in 1    | settle, close spool
  open                 | opening met: nobody, 2 open | open                       | 2 sessions, put first
  open                 | opening met: pause          | paused for 60              | settle, learn rate, 1 sessions, close spool, publish a pause of 60
  open                 | opening met: pause, 2 open  | open                       | 2 sessions, learn 2 connections, put first
  open                 | opening met: flag, 2 open   | flagged, new, probe in 900 | settle, close spool, publish denied
  open                 | sign-in lapsed              | flagged for good, new      | close spool, publish refused for good
  open                 | three refused alike         | flagged, new, probe in 900 | close spool, publish denied
  open                 | quota used up               | paused for 3600            | close spool, publish a pause of 3600
  open                 | time: now                   | open                       |
  open                 | probe: works                | open                       |
  open                 | probe met: flag             | open                       |
  open                 | probe met: flag for good    | open                       |
  open                 | probe met: pause            | open                       |
  open                 | probe met: nobody           | open                       |
  open                 | probe broken off            | open                       |
  open                 | stopped                     | stopped                    | close spool, settle suspects, 0 sessions

  paused               | started                     | paused for 60              | close spool
  paused               | directory: works            | open                       | open spool
  paused               | directory: flagged          | paused for 60              |
  paused               | limits changed              | paused for 60              |
  paused               | look wanted                 | paused for 60              |
  paused               | message judged              | paused for 60              |
  paused               | setback                     | paused for 60              |
  paused               | message met: pause          | paused for 60              |
  paused               | message met: flag           | flagged, new, probe in 900 | publish denied
  paused               | message met: flag for good  | flagged for good, new      | publish refused for good
  paused               | message met: nobody         | paused for 60              |
  paused               | opening broken off          | paused for 60              | give back
  paused               | opening met: nobody         | paused for 60              | give back
  paused               | opening met: nobody, 2 open | paused for 60              | give back
  paused               | opening met: pause          | paused for 60              | give back
  paused               | opening met: pause, 2 open  | paused for 60              | give back
  paused               | opening met: flag, 2 open   | flagged, new, probe in 900 | give back, publish denied
  paused               | sign-in lapsed              | paused for 60              |
  paused               | three refused alike         | flagged, new, probe in 900 | publish denied
  paused               | quota used up               | paused for 60              |
  paused               | time: now                   | paused for 60              |
  paused               | probe: works                | paused for 60              |
  paused               | probe met: flag             | paused for 60              |
  paused               | probe met: flag for good    | paused for 60              |
  paused               | probe met: pause            | paused for 60              |
  paused               | probe met: nobody           | paused for 60              |
  paused               | probe broken off            | paused for 60              |
  paused               | stopped                     | stopped                    | settle suspects, 0 sessions

  paused by own quota  | started                     | paused for 3600            | close spool
  paused by own quota  | directory: works            | paused for 3600            |
  paused by own quota  | directory: flagged          | paused for 3600            |
  paused by own quota  | limits changed              | paused, over               |
  paused by own quota  | look wanted                 | paused for 3600            |
  paused by own quota  | message judged              | paused for 3600            |
  paused by own quota  | setback                     | paused for 3600            |
  paused by own quota  | message met: pause          | paused for 3600            |
  paused by own quota  | message met: flag           | flagged, new, probe in 900 | publish denied
  paused by own quota  | message met: flag for good  | flagged for good, new      | publish refused for good
  paused by own quota  | message met: nobody         | paused for 3600            |
  paused by own quota  | opening broken off          | paused for 3600            | give back
  paused by own quota  | opening met: nobody         | paused for 3600            | give back
  paused by own quota  | opening met: nobody, 2 open | paused for 3600            | give back
  paused by own quota  | opening met: pause          | paused for 3600            | give back
  paused by own quota  | opening met: pause, 2 open  | paused for 3600            | give back
  paused by own quota  | opening met: flag, 2 open   | flagged, new, probe in 900 | give back, publish denied
  paused by own quota  | sign-in lapsed              | paused for 3600            |
  paused by own quota  | three refused alike         | flagged, new, probe in 900 | publish denied
  paused by own quota  | quota used up               | paused for 3600            |
  paused by own quota  | time: now                   | paused for 3600            |
  paused by own quota  | probe: works                | paused for 3600            |
  paused by own quota  | probe met: flag             | paused for 3600            |
  paused by own quota  | probe met: flag for good    | paused for 3600            |
  paused by own quota  | probe met: pause            | paused for 3600            |
  paused by own quota  | probe met: nobody           | paused for 3600            |
  paused by own quota  | probe broken off            | paused for 3600            |
  paused by own quota  | stopped                     | stopped                    | settle suspects, 0 sessions

  flagged              | started                     | flagged, probe in 900      | close spool
  flagged              | directory: works            | open                       | open spool
  flagged              | directory: flagged          | flagged, probe in 900      |
  flagged              | limits changed              | flagged, probe in 900      |
  flagged              | look wanted                 | flagged, probe in 0        |
  flagged              | message judged              | flagged, probe in 900      |
  flagged              | setback                     | flagged, probe in 900      |
  flagged              | message met: pause          | flagged, probe in 900      |
  flagged              | message met: flag           | flagged, probe in 900      |
  flagged              | message met: flag for good  | flagged, probe in 900      |
  flagged              | message met: nobody         | flagged, probe in 900      |
  flagged              | opening broken off          | flagged, probe in 900      | give back
  flagged              | opening met: nobody         | flagged, probe in 900      | give back
  flagged              | opening met: nobody, 2 open | flagged, probe in 900      | give back
  flagged              | opening met: pause          | flagged, probe in 900      | give back
  flagged              | opening met: pause, 2 open  | flagged, probe in 900      | give back
  flagged              | opening met: flag, 2 open   | flagged, probe in 900      | give back
  flagged              | sign-in lapsed              | flagged, probe in 900      |
  flagged              | three refused alike         | flagged, probe in 900      |
  flagged              | quota used up               | flagged, probe in 900      |
  flagged              | time: now                   | flagged, probe in 900      |
  flagged              | probe: works                | flagged, probe in 900      |
  flagged              | probe met: flag             | flagged, probe in 900      |
  flagged              | probe met: flag for good    | flagged, probe in 900      |
  flagged              | probe met: pause            | flagged, probe in 900      |
  flagged              | probe met: nobody           | flagged, probe in 900      |
  flagged              | probe broken off            | flagged, probe in 900      |
  flagged              | stopped                     | stopped                    | settle suspects, 0 sessions

  flagged, probing     | started                     | flagged, probing           | close spool
  flagged, probing     | directory: works            | open                       | open spool
  flagged, probing     | directory: flagged          | flagged, probing           |
  flagged, probing     | limits changed              | flagged, probing           |
  flagged, probing     | look wanted                 | flagged, probing           |
  flagged, probing     | message judged              | flagged, probing           |
  flagged, probing     | setback                     | flagged, probing           |
  flagged, probing     | message met: pause          | flagged, probing           |
  flagged, probing     | message met: flag           | flagged, probing           |
  flagged, probing     | message met: flag for good  | flagged, probing           |
  flagged, probing     | message met: nobody         | flagged, probing           |
  flagged, probing     | opening broken off          | flagged, probing           | give back
  flagged, probing     | opening met: nobody         | flagged, probing           | give back
  flagged, probing     | opening met: nobody, 2 open | flagged, probing           | give back
  flagged, probing     | opening met: pause          | flagged, probing           | give back
  flagged, probing     | opening met: pause, 2 open  | flagged, probing           | give back
  flagged, probing     | opening met: flag, 2 open   | flagged, probing           | give back
  flagged, probing     | sign-in lapsed              | flagged, probing           |
  flagged, probing     | three refused alike         | flagged, probing           |
  flagged, probing     | quota used up               | flagged, probing           |
  flagged, probing     | time: now                   | flagged, probing           |
  flagged, probing     | probe: works                | open                       | open spool, publish that it works
  flagged, probing     | probe met: flag             | flagged, probe in 900      |
  flagged, probing     | probe met: flag for good    | flagged for good, new      | publish refused for good
  flagged, probing     | probe met: pause            | flagged, probe in 900      |
  flagged, probing     | probe met: nobody           | flagged, probe in 900      |
  flagged, probing     | probe broken off            | flagged, probe in 900      |
  flagged, probing     | stopped                     | stopped                    | settle suspects, 0 sessions

  flagged for good     | started                     | flagged for good           | close spool
  flagged for good     | directory: works            | open                       | open spool
  flagged for good     | directory: flagged          | flagged for good           |
  flagged for good     | limits changed              | flagged for good           |
  flagged for good     | look wanted                 | flagged for good           |
  flagged for good     | message judged              | flagged for good           |
  flagged for good     | setback                     | flagged for good           |
  flagged for good     | message met: pause          | flagged for good           |
  flagged for good     | message met: flag           | flagged for good           |
  flagged for good     | message met: flag for good  | flagged for good           |
  flagged for good     | message met: nobody         | flagged for good           |
  flagged for good     | opening broken off          | flagged for good           | give back
  flagged for good     | opening met: nobody         | flagged for good           | give back
  flagged for good     | opening met: nobody, 2 open | flagged for good           | give back
  flagged for good     | opening met: pause          | flagged for good           | give back
  flagged for good     | opening met: pause, 2 open  | flagged for good           | give back
  flagged for good     | opening met: flag, 2 open   | flagged for good           | give back
  flagged for good     | sign-in lapsed              | flagged for good           |
  flagged for good     | three refused alike         | flagged for good           |
  flagged for good     | quota used up               | flagged for good           |
  flagged for good     | time: now                   | flagged for good           |
  flagged for good     | probe: works                | flagged for good           |
  flagged for good     | probe met: flag             | flagged for good           |
  flagged for good     | probe met: flag for good    | flagged for good           |
  flagged for good     | probe met: pause            | flagged for good           |
  flagged for good     | probe met: nobody           | flagged for good           |
  flagged for good     | probe broken off            | flagged for good           |
  flagged for good     | stopped                     | stopped                    | settle suspects, 0 sessions

  unreachable          | started                     | unreachable, probe in 1    | close spool
  unreachable          | directory: works            | unreachable, probe in 1    |
  unreachable          | directory: flagged          | unreachable, probe in 1    |
  unreachable          | limits changed              | unreachable, probe in 1    |
  unreachable          | look wanted                 | unreachable, probe in 0    |
  unreachable          | message judged              | unreachable, probe in 1    |
  unreachable          | setback                     | unreachable, probe in 1    |
  unreachable          | message met: pause          | unreachable, probe in 1    |
  unreachable          | message met: flag           | flagged, new, probe in 900 | publish denied
  unreachable          | message met: flag for good  | flagged for good, new      | publish refused for good
  unreachable          | message met: nobody         | unreachable, probe in 1    |
  unreachable          | opening broken off          | unreachable, probe in 1    | give back
  unreachable          | opening met: nobody         | unreachable, probe in 1    | give back
  unreachable          | opening met: nobody, 2 open | unreachable, probe in 1    | give back
  unreachable          | opening met: pause          | unreachable, probe in 1    | give back
  unreachable          | opening met: pause, 2 open  | unreachable, probe in 1    | give back
  unreachable          | opening met: flag, 2 open   | flagged, new, probe in 900 | give back, publish denied
  unreachable          | sign-in lapsed              | unreachable, probe in 1    |
  unreachable          | three refused alike         | flagged, new, probe in 900 | publish denied
  unreachable          | quota used up               | unreachable, probe in 1    |
  unreachable          | time: now                   | unreachable, probe in 1    |
  unreachable          | probe: works                | unreachable, probe in 1    |
  unreachable          | probe met: flag             | unreachable, probe in 1    |
  unreachable          | probe met: flag for good    | unreachable, probe in 1    |
  unreachable          | probe met: pause            | unreachable, probe in 1    |
  unreachable          | probe met: nobody           | unreachable, probe in 1    |
  unreachable          | probe broken off            | unreachable, probe in 1    |
  unreachable          | stopped                     | stopped                    | settle suspects, 0 sessions

  unreachable, probing | started                     | unreachable, probing       | close spool
  unreachable, probing | directory: works            | unreachable, probing       |
  unreachable, probing | directory: flagged          | unreachable, probing       |
  unreachable, probing | limits changed              | unreachable, probing       |
  unreachable, probing | look wanted                 | unreachable, probing       |
  unreachable, probing | message judged              | unreachable, probing       |
  unreachable, probing | setback                     | unreachable, probing       |
  unreachable, probing | message met: pause          | unreachable, probing       |
  unreachable, probing | message met: flag           | flagged, new, probe in 900 | publish denied
  unreachable, probing | message met: flag for good  | flagged for good, new      | publish refused for good
  unreachable, probing | message met: nobody         | unreachable, probing       |
  unreachable, probing | opening broken off          | unreachable, probing       | give back
  unreachable, probing | opening met: nobody         | unreachable, probing       | give back
  unreachable, probing | opening met: nobody, 2 open | unreachable, probing       | give back
  unreachable, probing | opening met: pause          | unreachable, probing       | give back
  unreachable, probing | opening met: pause, 2 open  | unreachable, probing       | give back
  unreachable, probing | opening met: flag, 2 open   | flagged, new, probe in 900 | give back, publish denied
  unreachable, probing | sign-in lapsed              | unreachable, probing       |
  unreachable, probing | three refused alike         | flagged, new, probe in 900 | publish denied
  unreachable, probing | quota used up               | unreachable, probing       |
  unreachable, probing | time: now                   | unreachable, probing       |
  unreachable, probing | probe: works                | open                       | open spool
  unreachable, probing | probe met: flag             | flagged, new, probe in 900 | publish denied
  unreachable, probing | probe met: flag for good    | flagged for good, new      | publish refused for good
  unreachable, probing | probe met: pause            | paused for 60              | learn rate, 1 sessions, publish a pause of 60
  unreachable, probing | probe met: nobody           | unreachable, probe in 2    |
  unreachable, probing | probe broken off            | unreachable, probe in 2    |
  unreachable, probing | stopped                     | stopped                    | settle suspects, 0 sessions

  stopped              | started                     | stopped                    | close spool
  stopped              | directory: works            | stopped                    |
  stopped              | directory: flagged          | stopped                    |
  stopped              | limits changed              | stopped                    |
  stopped              | look wanted                 | stopped                    |
  stopped              | message judged              | stopped                    |
  stopped              | setback                     | stopped                    |
  stopped              | message met: pause          | stopped                    |
  stopped              | message met: flag           | stopped                    |
  stopped              | message met: flag for good  | stopped                    |
  stopped              | message met: nobody         | stopped                    |
  stopped              | opening broken off          | stopped                    | give back
  stopped              | opening met: nobody         | stopped                    | give back
  stopped              | opening met: nobody, 2 open | stopped                    | give back
  stopped              | opening met: pause          | stopped                    | give back
  stopped              | opening met: pause, 2 open  | stopped                    | give back
  stopped              | opening met: flag, 2 open   | stopped                    | give back
  stopped              | sign-in lapsed              | stopped                    |
  stopped              | three refused alike         | stopped                    |
  stopped              | quota used up               | stopped                    |
  stopped              | time: now                   | stopped                    |
  stopped              | probe: works                | stopped                    |
  stopped              | probe met: flag             | stopped                    |
  stopped              | probe met: flag for good    | stopped                    |
  stopped              | probe met: pause            | stopped                    |
  stopped              | probe met: nobody           | stopped                    |
  stopped              | probe broken off            | stopped                    |
  stopped              | stopped                     | stopped                    |
  """
