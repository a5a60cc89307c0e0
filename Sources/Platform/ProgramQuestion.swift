// What a program prints, within bounds of time and length. For programs whose output is the answer to a question.
import Glibc

/// One program and the bounds of its run. No shell reads its arguments.
package struct ProgramQuestion: Sendable {
  package enum Failure: Error, Equatable {
    case notStarted(SystemError)
    /// `errors`: the end of what it wrote to standard error.
    case ended(ExitStatus, errors: [UInt8])
    /// It was killed, with all programs that it had started.
    case tookTooLong, saidTooMuch
  }

  private static let mostErrors = 2000

  private let program: ChildProgram
  private let timeLimit: Duration
  private let longestOutput: Int
  private let now: @Sendable () -> ContinuousClock.Instant

  /// - Parameters:
  ///   - words: the program's whole path, and its arguments.
  ///   - environment: the variables that lead to this process's key and to its service manager are left out.
  ///   - longestOutput: in octets.
  package init(
    _ words: [String], environment: [String: String], within timeLimit: Duration, longestOutput: Int,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    let environment = environment.filter { !["CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"].contains($0.key) }
    program = ChildProgram(words.first ?? "", words, environment: environment, separation: .group)
    self.timeLimit = timeLimit
    self.longestOutput = longestOutput
    self.now = now
  }

  /// Blocks the thread until the program has ended or was killed.
  ///
  /// - Returns: its standard output, where it ended with status 0.
  package func output() throws(Failure) -> [UInt8] {
    let deadline = now() + timeLimit
    var run = try RunningProgram(program)
    while true {
      run.listen(milliseconds: 50)
      if run.output.count > longestOutput { throw run.killed(as: .saidTooMuch) }
      if let status = run.process.exitStatus() {
        run.listenToTheRest(atMost: longestOutput)
        guard run.output.count <= longestOutput else { throw .saidTooMuch }
        guard status == .exited(0) else { throw .ended(status, errors: run.errors) }
        return run.output
      }
      if now() >= deadline { throw run.killed(as: .tookTooLong) }
    }
  }

  /// The process, and what it has said so far.
  private struct RunningProgram: ~Copyable {
    let process: ChildProcess
    private let outputEnd: Descriptor
    private let errorsEnd: Descriptor
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []
    /// Whether the program may say more; by stream.
    private var isOpen = [true, true]

    init(_ program: ChildProgram) throws(Failure) {
      do throws(SystemError) {
        let output = try PipeEnds()
        let errors = try PipeEnds()
        var program = program
        program.output = .descriptor(output.writing.number)
        program.errors = .descriptor(errors.writing.number)
        process = try program.start()
        outputEnd = output.takeReading()
        errorsEnd = errors.takeReading()
      } catch {
        throw .notStarted(error)
      }
    }

    /// - Returns: whether anything came.
    @discardableResult mutating func listen(milliseconds: Int32) -> Bool {
      var ends = [outputEnd.number, errorsEnd.number].enumerated().map { index, number in
        pollfd(fd: isOpen[index] ? number : -1, events: Int16(POLLIN), revents: 0)
      }
      guard poll(&ends, 2, milliseconds) > 0 else { return false }
      if ends[0].revents != 0 {
        let said = piece(of: 0, from: outputEnd.number)
        output += said
      }
      if ends[1].revents != 0 {
        let said = piece(of: 1, from: errorsEnd.number)
        errors = Array((errors + said).suffix(ProgramQuestion.mostErrors))
      }
      return true
    }

    /// What is left in the pipes; a program that was left in the background may go on writing.
    mutating func listenToTheRest(atMost limit: Int) {
      for _ in 0..<64 where isOpen.contains(true) && output.count <= limit {
        guard listen(milliseconds: 0) else { return }
      }
    }

    private mutating func piece(of stream: Int, from number: Int32) -> [UInt8] {
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = read(number, &piece, piece.count)
      if count == 0 || count < 0 && errno != EINTR { isOpen[stream] = false }
      return Array(piece.prefix(max(0, count)))
    }

    consuming func killed(as failure: Failure) -> Failure {
      process.killGroup()
      _ = process.wait()
      return failure
    }
  }
}
