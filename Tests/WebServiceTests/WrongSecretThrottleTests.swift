import Testing
import WebService
import WireFormats

@Suite struct WrongSecretThrottleTests {
  private let start = Instant(seconds: 1_800_000_000)

  @Test func refusesFromTheTenthInAMinute() {
    let throttle = WrongSecretThrottle()
    let answers = (0..<12).map { throttle.noteWrong(name: "a", address: "1", at: start + .seconds(Int64($0))) }
    #expect(answers == [nil, nil, nil, nil, nil, nil, nil, nil, nil, 51, 50, 49])
  }

  @Test func countsPairs() {
    let throttle = WrongSecretThrottle(tolerated: 1)
    #expect(throttle.noteWrong(name: "a", address: "1", at: start) == nil)
    #expect(throttle.noteWrong(name: "a", address: "1", at: start) == 60)
    #expect(throttle.noteWrong(name: "a", address: "2", at: start) == nil)
    #expect(throttle.noteWrong(name: "b", address: "1", at: start) == nil)
  }

  @Test func beginsAgainAfterTheMinute() {
    let throttle = WrongSecretThrottle(tolerated: 1)
    _ = throttle.noteWrong(name: "a", address: "1", at: start)
    #expect(throttle.noteWrong(name: "a", address: "1", at: start + .seconds(59)) == 1)
    #expect(throttle.noteWrong(name: "a", address: "1", at: start + .seconds(60)) == nil)
  }

  @Test func survivesAClockThatGoesBack() {
    let throttle = WrongSecretThrottle(tolerated: 1)
    _ = throttle.noteWrong(name: "a", address: "1", at: start)
    #expect(throttle.noteWrong(name: "a", address: "1", at: start - .seconds(30)) == 90)
  }

  @Test func forgetsTheOldestWhenItIsFull() {
    let throttle = WrongSecretThrottle(tolerated: 1, capacity: 100)
    for number in 0..<1000 {
      _ = throttle.noteWrong(name: "n\(number)", address: "1", at: start + Span(milliseconds: Int64(number)))
    }
    #expect(throttle.noteWrong(name: "n999", address: "1", at: start + .seconds(1)) != nil)
    #expect(throttle.noteWrong(name: "n0", address: "1", at: start + .seconds(1)) == nil)
  }
}
