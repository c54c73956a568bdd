import Issuance
import Registry

/// Counts what every door asks of issuing, and how long it took.
public struct MeasuredEnrolling: Enrolling {
  private let enrolling: any Enrolling
  private let measures: Measures

  public init(_ enrolling: any Enrolling, measures: Measures) {
    self.enrolling = enrolling
    self.measures = measures
  }

  public func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    let began = ContinuousClock.now
    defer { measures.enrollSeconds.observe(request.door, began.duration(to: .now)) }
    do {
      let issued = try await enrolling.enroll(request)
      if issued.repeated {
        measures.repeated.add(request.door)
      } else {
        measures.issued.add(Measures.Issue(profile: issued.profile?.rawValue ?? "", door: request.door))
      }
      return issued
    } catch {
      measures.refused.add(Measures.Refused(door: request.door, reason: error.code))
      throw error
    }
  }

  public func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] {
    try await enrolling.authorityChains(label: label)
  }
}
