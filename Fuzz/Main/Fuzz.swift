import Foundation
import FuzzTargets

/// The one entry point that libFuzzer calls. FUZZ_TARGET names the target, so that one binary serves all.
private let target = FuzzTarget(rawValue: ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? "")

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let target else {
    print("FUZZ_TARGET names one of: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
    exit(2)
  }
  _ = target.takes([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
