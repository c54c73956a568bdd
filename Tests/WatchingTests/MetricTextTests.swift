import Issuance
import TestKit
import Testing
import Watching

@Suite struct MetricTextTests {
  @Test func histogramsAreCumulative() throws {
    let measures = Measures()
    measures.committed(writes: 3, in: .milliseconds(2), failed: false)
    measures.committed(writes: 1, in: .seconds(60), failed: true)
    measures.answered(method: "GET", in: .microseconds(90))
    var text = MetricText()
    measures.render(into: &text)
    let lines = text.text.split(separator: "\n").map(String.init)
    #expect(lines.contains("# TYPE touchmark_commit_seconds histogram"))
    #expect(lines.contains(#"touchmark_commit_seconds_bucket{le="0.001"} 0"#))
    #expect(lines.contains(#"touchmark_commit_seconds_bucket{le="0.0025"} 1"#))
    #expect(lines.contains(#"touchmark_commit_seconds_bucket{le="10"} 1"#))
    #expect(lines.contains(#"touchmark_commit_seconds_bucket{le="+Inf"} 2"#))
    #expect(lines.contains("touchmark_commit_seconds_count 2"))
    #expect(lines.contains("touchmark_commit_seconds_sum 60.002"))
    #expect(lines.contains("touchmark_committed_writes_total 3"))
    #expect(lines.contains("touchmark_failed_commits_total 1"))
    #expect(lines.contains(#"touchmark_ocsp_answers_total{method="GET"} 1"#))
    #expect(lines.contains(#"touchmark_ocsp_answers_total{method="POST"} 0"#))
  }

  /// Counting must not be felt where certificates are made: some 100 ns, bounded here at 100 times that.
  @Test func countingIsCheap() {
    let measures = Measures()
    let began = ContinuousClock.now
    for _ in 0..<10_000 { measures.committed(writes: 1, in: .milliseconds(1), failed: false) }
    #expect((ContinuousClock.now - began) / 10_000 < .microseconds(20))
  }
}
