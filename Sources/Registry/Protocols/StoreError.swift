/// Why a store did not do what it was asked.
public enum StoreError: Error, Hashable, Sendable {
  /// A record with the same identity exists; the text names what collided.
  case duplicate(String)
  /// The record to change does not exist in this organization; the text names its kind.
  case missing(String)
  /// The change contradicts what is stored: a number that does not grow, a secret that was used.
  case conflict(String)
  /// The cursor is none of this list's.
  case invalidCursor
  /// More writes wait than the queue takes; ask again later.
  case busy
  /// Nothing was written, and the store cannot say when it will be: disk full, read-only, closed, of a newer version.
  case unavailable(reason: String)
  /// A stored row cannot be read as its record; the text names table and column.
  case malformed(String)
}
