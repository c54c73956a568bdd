// swift-tools-version: 6.2
import PackageDescription

// Every flag that a build needs stands here, so that `swift build -c release --product touchmark` is the build.
let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

// PKCS#11's types. On Linux they are found without pkg-config, which would link p11-kit's library as well.
#if os(macOS)
let pkcs11Headers: String? = "p11-kit-1"
#else
let pkcs11Headers: String? = nil
#endif

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "_CryptoExtras", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOTLS", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let deviceNIO: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let hummingbird: [Target.Dependency] = [
  .product(name: "Hummingbird", package: "hummingbird"),
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HummingbirdTLS", package: "hummingbird"),
  .product(name: "HummingbirdHTTP2", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
  .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
]

let package = Package(
  name: "touchmark",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "touchmark", targets: ["touchmark"]),
    .executable(name: "touchmark-agent", targets: ["touchmark-agent"]),
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Rooms, lowest first. Arrows point down only.
    room("WireFormats"),
    room("Credentials", ["WireFormats", crypto, cryptoExtras]),
    room("KeyCustody", ["WireFormats", "Credentials", crypto, cryptoExtras]),
    .systemLibrary(
      name: "CPKCS11", pkgConfig: pkcs11Headers, providers: [.apt(["libp11-kit-dev"]), .brew(["p11-kit"])]),
    // Tokens as a device and the server both need them.
    room("PKCS11", ["WireFormats", "Credentials", "CPKCS11", crypto]),
    room("TokenCustody", ["WireFormats", "Credentials", "KeyCustody", "CPKCS11", "PKCS11", crypto]),
    room("Attestation", ["WireFormats", "Credentials", crypto, cryptoExtras]),
    room("AuditLog", ["WireFormats", crypto]),
    room("Approval", ["WireFormats", "Credentials", "AuditLog"]),
    room("Registry", ["WireFormats", "Credentials", "AuditLog", crypto, grdb, sqlite]),
    room("Issuance", ["WireFormats", "Credentials", "KeyCustody", "AuditLog", "Approval", "Registry", crypto, yams]),
    room("Enrollment", ["WireFormats", "Credentials", "Attestation", "Registry", "Issuance", crypto, cryptoExtras]),
    room(
      "Appraisal",
      ["WireFormats", "Credentials", "KeyCustody", "Attestation", "AuditLog", "Registry", "Issuance", crypto]),
    room("Status", ["WireFormats", "Credentials", "KeyCustody", "Registry", "Issuance", crypto]),
    room(
      "Watching",
      ["WireFormats", "Credentials", "KeyCustody", "AuditLog", "Registry", "Issuance", crypto, httpClient] + nio),
    room("AdministrationAPI"),
    // What the library for microcontrollers is made of; as Embedded Swift too, and therefore without imports.
    room("DeviceFormats"),
    // A device's TPM, through tss2's transport, which is loaded at run time.
    room("DeviceTPM"),
    // A device's side. It knows no room of the server's.
    room("DeviceClient", ["WireFormats", "Credentials", crypto]),
    // Its files, its connections, and the program: docs/agent.md.
    room(
      "DeviceAgent",
      [
        "WireFormats", "Credentials", "AuditLog", "Approval", "CPKCS11", "PKCS11", "DeviceTPM", "DeviceClient", crypto,
      ] + deviceNIO),
    .executableTarget(
      name: "touchmark-agent", dependencies: ["WireFormats", "Credentials", "DeviceClient", "DeviceAgent", arguments],
      swiftSettings: settings),
    room(
      "WebService",
      [
        "WireFormats", "Credentials", "KeyCustody", "AuditLog", "Registry", "Issuance", "Appraisal", "Enrollment",
        "Status", "Watching", "AdministrationAPI",
        crypto, logging, lifecycle,
      ] + nio + hummingbird),
    .executableTarget(
      name: "touchmark",
      dependencies: [
        "WireFormats", "Credentials", "KeyCustody", "PKCS11", "TokenCustody", "AuditLog", "Approval", "Registry",
        "Issuance", "Enrollment", "Status", "Watching", "AdministrationAPI",
        "WebService", arguments, crypto, httpClient, logging, lifecycle, yams,
      ] + nio,
      swiftSettings: settings),
    // Two devices over TLS 1.3 with nobody online: docs/agent.md.
    .executableTarget(
      name: "touchmark-example-peers",
      dependencies: ["WireFormats", "Credentials", "DeviceClient", "DeviceAgent"] + deviceNIO,
      path: "Examples/DeviceToDevice", swiftSettings: settings),
    .target(
      name: "TestKit",
      dependencies: [
        "WireFormats", "Credentials", "KeyCustody", "Attestation", "AuditLog", "Registry", "Issuance", "Enrollment",
        crypto, cryptoExtras,
      ],
      path: "Tests/TestKit", swiftSettings: settings),
    // What `make fuzz` drives and FuzzCorpusTests replays.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "DeviceFormats", "WireFormats", "Credentials", "AuditLog", "Approval", "Issuance", "Enrollment",
        "AdministrationAPI",
      ],
      path: "Fuzz/Targets", swiftSettings: settings),
    // A simulated fleet through an operator's worst days, on the real rooms: docs/rehearsal.md.
    .target(
      name: "Rehearsal",
      dependencies: [
        "WireFormats", "Credentials", "KeyCustody", "AuditLog", "Approval", "Registry", "Issuance", "Enrollment",
        "Status",
        "WebService", "DeviceClient", "TestKit", crypto, logging, lifecycle, grdb,
      ] + nio,
      path: "Rehearsal/Sources", swiftSettings: settings),
    .executableTarget(
      name: "touchmark-benchmark",
      dependencies: [
        "WireFormats", "Credentials", "KeyCustody", "PKCS11", "TokenCustody", "AuditLog", "Registry", "Issuance",
        "Enrollment", "TestKit", "Rehearsal", crypto, cryptoExtras,
      ],
      path: "Benchmarks/Sources", swiftSettings: settings),
    tests(
      "RehearsalTests",
      ["Registry", "DeviceClient", "Rehearsal", grdb]),
    tests("DeviceClientTests", ["WireFormats", "Credentials", "KeyCustody", "DeviceClient", "TestKit", crypto]),
    tests(
      "DeviceAgentTests",
      [
        "touchmark", "touchmark-agent", "touchmark-example-peers", "WireFormats", "Credentials", "AdministrationAPI",
        "Attestation", "DeviceTPM", "DeviceClient", "DeviceAgent", "TestKit",
      ]),
    tests(
      "DeviceFormatsTests",
      ["DeviceFormats", "WireFormats", "Credentials", "KeyCustody", "Registry", "Issuance", "TestKit", crypto]),
    tests("DeviceTPMTests", ["DeviceTPM", "WireFormats", "Credentials", "TestKit", crypto]),
    tests("FuzzCorpusTests", ["FuzzTargets"]),
    tests("WireFormatsTests", ["WireFormats", "TestKit"]),
    tests(
      "CredentialsTests", ["WireFormats", "Credentials", "KeyCustody", "TestKit", crypto, cryptoExtras],
      resources: [.copy("Fixtures"), .copy("Vectors")]),
    tests(
      "AttestationTests",
      ["WireFormats", "Credentials", "KeyCustody", "Attestation", "TestKit", crypto, cryptoExtras],
      resources: [.copy("Fixtures")]),
    tests("KeyCustodyTests", ["WireFormats", "Credentials", "KeyCustody", "TestKit", crypto, cryptoExtras]),
    tests(
      "TokenCustodyTests", ["Credentials", "KeyCustody", "PKCS11", "TokenCustody", "CPKCS11", "TestKit"]),
    tests("AuditLogTests", ["WireFormats", "AuditLog", "TestKit", crypto]),
    tests("ApprovalTests", ["WireFormats", "Credentials", "AuditLog", "Approval", "TestKit", crypto]),
    tests(
      "RegistryTests", ["WireFormats", "Credentials", "AuditLog", "Registry", "TestKit", crypto, grdb],
      resources: [.copy("Resources/schema-0001.sqlite"), .copy("Resources/schema-0007.sqlite")]),
    tests(
      "IssuanceTests",
      ["WireFormats", "Credentials", "KeyCustody", "AuditLog", "Registry", "Issuance", "TestKit", crypto]),
    tests(
      "EnrollmentTests",
      [
        "WireFormats", "Credentials", "KeyCustody", "Attestation", "Registry", "Issuance", "Enrollment", "TestKit",
        crypto,
      ],
      resources: [.copy("Captured")]),
    tests(
      "AppraisalTests",
      [
        "WireFormats", "Credentials", "KeyCustody", "Attestation", "AuditLog", "Registry", "Issuance", "Appraisal",
        "TestKit", crypto,
      ]),
    tests(
      "StatusTests", ["WireFormats", "Credentials", "KeyCustody", "Registry", "Issuance", "Status", "TestKit", crypto]),
    tests(
      "WatchingTests",
      [
        "WireFormats", "Credentials", "KeyCustody", "AuditLog", "Registry", "Issuance", "Watching", "TestKit", crypto,
        httpClient,
      ] + nio),
    tests(
      "WebServiceTests",
      [
        "WireFormats", "Credentials", "KeyCustody", "AuditLog", "Registry", "Issuance", "Enrollment", "Status",
        "Watching", "AdministrationAPI",
        "WebService", "TestKit", crypto, httpClient, logging, lifecycle,
      ] + nio + hummingbird),
    tests(
      "CommandTests",
      [
        "touchmark", "WireFormats", "Credentials", "Issuance", "AdministrationAPI", "WebService", "TestKit", crypto,
        httpClient, logging, lifecycle,
      ] + nio),
  ]
)
