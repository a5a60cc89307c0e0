import Foundation
import Platform
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChildProgramTests {
  private func shell(_ line: String) -> ChildProgram {
    ChildProgram("/bin/sh", ["sh", "-c", line], environment: ["GIVEN": "yes"], separation: .group)
  }

  @Test func `a program hears what it is told, says what it knows, and is waited for`() throws {
    let input = try PipeEnds()
    let output = try PipeEnds()
    var program = shell("read word; echo $word $GIVEN ${HOME-none}; exit 3")
    program.input = .descriptor(input.reading.number)
    program.output = .descriptor(output.writing.number)
    let child = try program.start()
    try input.writing.write(Array("well\n".utf8))
    let answers = output.takeReading()
    #expect(try answers.read(atMost: 100) == Array("well yes none\n".utf8))
    #expect(child.wait() == .exited(3))
    #expect(child.wait() == nil)
  }

  @Test func `a group is killed with all that it started`() throws {
    let output = try PipeEnds()
    var program = shell("sleep 600 & echo; wait")
    program.output = .descriptor(output.writing.number)
    let child = try program.start()
    let answers = output.takeReading()
    #expect(try answers.read(atMost: 1) == [0x0A])
    #expect(child.exitStatus() == nil)
    child.killGroup()
    #expect(child.wait() == .signaled(SIGKILL))
    #expect(try answers.read(atMost: 1) == [])  // The end: nobody holds the pipe any more.
  }

  @Test func `a program that is not there is told as such`() {
    let program = ChildProgram("/nowhere", ["nowhere"], environment: [:], separation: .session)
    #expect(throws: SystemError(ENOENT)) { _ = try program.start() }
  }
}
