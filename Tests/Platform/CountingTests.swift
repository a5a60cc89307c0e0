import Platform
import Support
import Testing

@Suite struct `What is counted for monitoring` {
  @Test func `a label that is expected is 0 before anything happens, and another comes with its first event`() {
    let family = CounterFamily(["recipient"])
    #expect(family.values == ["recipient": 0])
    family["message"].add()
    family["message"].add(2)
    #expect(family.values == ["recipient": 0, "message": 3])
  }

  @Test func `a span counts in its own bucket and in all that are longer`() {
    let histogram = DurationHistogram(bounds: [0.1, 1, 5])
    for seconds in [0.1, 0.2, 1, 4, 90] { histogram.note(.seconds(seconds)) }
    let reading = histogram.reading
    #expect(reading.buckets.map(\.seconds) == [0.1, 1, 5])
    #expect(reading.buckets.map(\.count) == [1, 3, 4])
    #expect(reading.count == 5)
    #expect(abs(reading.sum - 95.3) < 0.000_001)
  }

  @Test func `a span that a clock set back has made negative is none`() {
    let histogram = DurationHistogram(bounds: [1])
    histogram.note(.seconds(-3600))
    let reading = histogram.reading
    #expect(reading.buckets.map(\.count) == [1] && reading.count == 1 && reading.sum == 0)
  }

  @Test func `whoever reads while others count finds no bucket above the count, and no count that goes back`() async {
    let histogram = DurationHistogram(bounds: [1, 2, 3])
    let done = EventCounter()
    await withDiscardingTaskGroup { group in
      group.addTask {
        for number in 1...20_000 { histogram.note(.seconds(number % 4) + .milliseconds(500)) }
        done.add()
      }
      group.addTask {
        var last = histogram.reading
        while done.value == 0 {
          let next = histogram.reading
          #expect(next.buckets.map(\.count) == next.buckets.map(\.count).sorted())
          #expect(next.buckets.last.map { $0.count <= next.count } == true)
          #expect(next.count >= last.count && next.sum >= last.sum)
          last = next
        }
      }
    }
    #expect(histogram.reading.buckets.map(\.count) == [5000, 10_000, 15_000] && histogram.reading.count == 20_000)
  }

  @Test func `what this process takes of the system is told`() {
    let usage = OwnProcess.usage
    #expect(usage.cpuSeconds > 0 && usage.residentOctets > 1 << 20 && usage.virtualOctets >= usage.residentOctets)
    #expect(usage.openDescriptors >= 3 && usage.descriptorLimit >= usage.openDescriptors)
  }
}
