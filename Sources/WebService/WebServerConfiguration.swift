/// Where the server listens and what it bears. Every bound has a name, which its error and its log line say.
public struct WebServerConfiguration: Sendable {
  /// An address to listen on; port 0 takes any free one.
  public struct Endpoint: Hashable, Sendable {
    public let host: String
    public let port: Int

    public init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }

  public var https: Endpoint
  public var http: Endpoint
  public var bounds: Bounds
  /// Addresses whose PROXY protocol header names the real client. From any other address such a header is an error.
  public var trustedProxies: Set<String>

  public init(https: Endpoint, http: Endpoint, bounds: Bounds = Bounds(), trustedProxies: Set<String> = []) {
    self.https = https
    self.http = http
    self.bounds = bounds
    self.trustedProxies = trustedProxies
  }
}

extension WebServerConfiguration {
  /// What one client, and all of them together, may take. Times are in seconds, sizes in octets.
  public struct Bounds: Hashable, Sendable {
    /// Open connections on both ports together.
    public var connections = 8192
    /// Open connections from one address: room for a gateway and the devices behind it.
    public var connectionsPerAddress = 256
    /// From accepting a connection to its finished TLS handshake.
    public var handshakeSeconds = 10
    /// All header fields of a request together.
    public var headerBytes = 16 * 1024
    /// Header fields of a request.
    public var headerFields = 100
    /// Requests under way at once on one HTTP/2 connection, at most `mostHTTP2Streams`.
    public var http2Streams = 100
    /// From a request's first octet to the end of its header.
    public var headerSeconds = 10
    /// The first octets of a body are waited for this long; each octet that arrives lengthens it by the rate below.
    public var bodySeconds = 10
    /// The slowest body, in octets a second.
    public var bodyBytesPerSecond = 500
    /// A whole body, whatever its pace. One that has grown past `restBodyBytes` is an import, and has only the pace.
    public var bodyTotalSeconds = 120
    /// Between requests, and while nothing is read of an answer.
    public var idleSeconds = 60
    /// From one address; bursts of twice as many pass. 0 turns the bound off.
    public var requestsPerSecondPerAddress = 10_000
    /// The body of an EST request.
    public var estBodyBytes = 64 * 1024
    /// A message of SCEP by POST. `SCEPMessage` takes no larger ones.
    public var scepBodyBytes = 64 * 1024
    /// The body of a CMP message: a gateway may send several in one.
    public var cmpBodyBytes = 256 * 1024
    /// The body of an ACME request.
    public var acmeBodyBytes = 64 * 1024
    /// The body of an OCSP request.
    public var ocspBodyBytes = 8 * 1024
    /// The body of an administrative request.
    public var restBodyBytes = 1024 * 1024
    /// The body of an import of devices.
    public var importBodyBytes = 64 * 1024 * 1024

    /// Certificates in one OCSP request.
    public var ocspCertificates = 32
    /// OCSP signatures under way at once for requests that no cache helps with; and as many more that fill the cache.
    public var ocspSignatures = 64
    /// Wrong secrets of one name from one address in a minute that get the ordinary answer.
    public var wrongSecretsPerMinute = 9

    public init() {}

    /// What the protocol's implementation bears.
    public static let mostHTTP2Streams = 100

    public var est: BodyBound { BodyBound(name: "est_body_bytes", limit: estBodyBytes) }
    public var scep: BodyBound { BodyBound(name: "scep_body_bytes", limit: scepBodyBytes) }
    public var cmp: BodyBound { BodyBound(name: "cmp_body_bytes", limit: cmpBodyBytes) }
    public var acme: BodyBound { BodyBound(name: "acme_body_bytes", limit: acmeBodyBytes) }
    public var ocsp: BodyBound { BodyBound(name: "ocsp_body_bytes", limit: ocspBodyBytes) }
    public var rest: BodyBound { BodyBound(name: "rest_body_bytes", limit: restBodyBytes) }
    public var importing: BodyBound { BodyBound(name: "import_body_bytes", limit: importBodyBytes) }
    /// No body of any route is larger.
    var largestBody: Int {
      let bodies = [
        estBodyBytes, scepBodyBytes, cmpBodyBytes, acmeBodyBytes, ocspBodyBytes, restBodyBytes, importBodyBytes,
      ]
      return bodies.max() ?? importBodyBytes
    }
  }
}
