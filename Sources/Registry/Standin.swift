import WireFormats
public struct AuditEntry: Sendable, Hashable {}
public struct MerkleFrontier: Sendable {}
