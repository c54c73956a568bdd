import WireFormats

extension MeasuredEvent {
  /// For operators: the type's name, and what was measured where that is a text and the quote covers it.
  public var summary: String {
    guard isDataMeasured, let text = printable else { return typeName }
    return "\(typeName) \"\(text)\""
  }

  /// PC Client Platform Firmware Profile §10.4.1.
  public var typeName: String {
    Self.names[type] ?? "type 0x\(String(type, radix: 16))"
  }

  private static let longestText = 64

  private var printable: String? {
    let shown = data.prefix(Self.longestText)
    guard !shown.isEmpty, shown.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 }) else { return nil }
    return String(decoding: shown, as: UTF8.self)
  }

  private static let names: [UInt32: String] = [
    0x1: "EV_POST_CODE", 0x4: "EV_SEPARATOR", 0x5: "EV_ACTION", 0x6: "EV_EVENT_TAG", 0x7: "EV_S_CRTM_CONTENTS",
    0x8: "EV_S_CRTM_VERSION", 0x9: "EV_CPU_MICROCODE", 0xA: "EV_PLATFORM_CONFIG_FLAGS", 0xB: "EV_TABLE_OF_DEVICES",
    0xC: "EV_COMPACT_HASH", 0xD: "EV_IPL", 0x11: "EV_OMIT_BOOT_DEVICE_EVENTS",
    0x8000_0001: "EV_EFI_VARIABLE_DRIVER_CONFIG", 0x8000_0002: "EV_EFI_VARIABLE_BOOT",
    0x8000_0003: "EV_EFI_BOOT_SERVICES_APPLICATION", 0x8000_0004: "EV_EFI_BOOT_SERVICES_DRIVER",
    0x8000_0005: "EV_EFI_RUNTIME_SERVICES_DRIVER", 0x8000_0006: "EV_EFI_GPT_EVENT", 0x8000_0007: "EV_EFI_ACTION",
    0x8000_0008: "EV_EFI_PLATFORM_FIRMWARE_BLOB", 0x8000_0009: "EV_EFI_HANDOFF_TABLES",
    0x8000_000A: "EV_EFI_PLATFORM_FIRMWARE_BLOB2", 0x8000_000B: "EV_EFI_HANDOFF_TABLES2",
    0x8000_000C: "EV_EFI_VARIABLE_BOOT2", 0x8000_00E0: "EV_EFI_VARIABLE_AUTHORITY",
    0x8000_00E1: "EV_EFI_SPDM_FIRMWARE_BLOB", 0x8000_00E2: "EV_EFI_SPDM_FIRMWARE_CONFIG",
  ]
}
