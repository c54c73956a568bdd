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
    do {
      let issued = try await enrolling.enroll(request)
      measures.enrolled(request, .success(issued), since: began)
      return issued
    } catch {
      measures.enrolled(request, .failure(error), since: began)
      throw error
    }
  }

  public func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] {
    try await enrolling.authorityChains(label: label)
  }
}

/// The same for keys that are made here (EST's serverkeygen, CMP's central key generation): an issue is an issue. The seconds hold the key's making.
public struct MeasuredKeyEnrolling: ServerKeyEnrolling {
  private let keys: any ServerKeyEnrolling
  private let measures: Measures

  public init(_ keys: any ServerKeyEnrolling, measures: Measures) {
    self.keys = keys
    self.measures = measures
  }

  public func decideMakingKey(_ request: EnrollmentRequest, of kind: ServerKeyKind) async throws(Refusal) {
    try await keys.decideMakingKey(request, of: kind)
  }

  public func enrollMakingKey(
    _ request: EnrollmentRequest, of kind: ServerKeyKind
  ) async throws(Refusal) -> (issued: Issued, key: GeneratedKey) {
    let began = ContinuousClock.now
    do {
      let made = try await keys.enrollMakingKey(request, of: kind)
      measures.enrolled(request, .success(made.issued), since: began)
      return made
    } catch {
      measures.enrolled(request, .failure(error), since: began)
      throw error
    }
  }
}

extension Measures {
  fileprivate func enrolled(
    _ request: EnrollmentRequest, _ outcome: Result<Issued, Refusal>, since began: ContinuousClock.Instant
  ) {
    enrollSeconds.observe(request.door, began.duration(to: .now))
    switch outcome {
    case .success(let issued) where issued.repeated: repeated.add(request.door)
    case .success(let issued):
      self.issued.add(Measures.Issue(profile: issued.profile?.rawValue ?? "", door: request.door))
    case .failure(let refusal): refused.add(Measures.Refused(door: request.door, reason: refusal.code))
    }
  }
}
