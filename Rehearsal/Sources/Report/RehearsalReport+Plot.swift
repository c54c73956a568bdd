extension RehearsalReport {
  private static let (width, height, left, top, bottom) = (900.0, 420.0, 70.0, 30.0, 130.0)

  /// The fleet day by day: honest devices whose certificate is valid, those that are on, renewals, and the events.
  public var plot: String {
    let lastDay = Double(max(record.samples.last?.day ?? 1, 1))
    let most = Double(max(devices, 1))
    func x(_ day: Int64) -> Double { Self.left + Double(day) / lastDay * (Self.width - Self.left - 20) }
    func y(_ count: Int) -> Double {
      Self.top + (1 - Double(count) / most) * (Self.height - Self.top - Self.bottom)
    }
    func line(_ value: (RehearsalRecord.Sample) -> Int, _ style: String) -> String {
      let points = record.samples.map { "\(Self.round(x($0.day))),\(Self.round(y(value($0))))" }
      return "<polyline fill=\"none\" \(style) points=\"\(points.joined(separator: " "))\"/>\n"
    }
    var svg = Self.opening
    for share in 0...4 { svg += Self.grid(y(devices * share / 4), Figures.count(devices * share / 4)) }
    svg += record.samples.map { sample in
      "<line x1=\"\(Self.round(x(sample.day)))\" x2=\"\(Self.round(x(sample.day)))\" y1=\"\(Self.round(y(0)))\" "
        + "y2=\"\(Self.round(y(sample.renewed)))\" stroke=\"#9ecae1\" stroke-width=\"5\"/>\n"
    }.joined()
    svg += line({ $0.reachable }, "stroke=\"#999\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"")
    svg += line({ $0.current }, "stroke=\"#08519c\" stroke-width=\"2\"")
    for (number, event) in record.events.enumerated() { svg += Self.mark(event, number, x(event.day), y(0)) }
    return svg + legend + "</svg>\n"
  }

  private static let opening = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" font-family="sans-serif" \
    font-size="11">
    <rect width="100%" height="100%" fill="#fff"/>

    """

  private static func grid(_ y: Double, _ label: String) -> String {
    "<line x1=\"\(left)\" x2=\"\(width - 20)\" y1=\"\(round(y))\" y2=\"\(round(y))\" stroke=\"#ddd\"/>"
      + "<text x=\"\(left - 6)\" y=\"\(round(y + 4))\" text-anchor=\"end\">\(label)</text>\n"
  }

  /// A number at the axis; the names stand in the order of the table.
  private static func mark(_ event: RehearsalRecord.Event, _ number: Int, _ x: Double, _ y: Double) -> String {
    let column = number / 6
    return "<line x1=\"\(round(x))\" x2=\"\(round(x))\" y1=\"\(top)\" y2=\"\(round(y))\" stroke=\"#cb181d\" "
      + "stroke-width=\"0.7\"/><text x=\"\(round(x))\" y=\"\(round(y + 12 + Double(number % 2) * 11))\" "
      + "text-anchor=\"middle\" fill=\"#cb181d\">\(number + 1)</text>"
      + "<text x=\"\(Int(left) + column * 270)\" y=\"\(round(y + 44 + Double(number % 6) * 14))\" fill=\"#cb181d\">"
      + "\(number + 1) day \(event.day): \(event.name)</text>\n"
  }

  private var legend: String {
    let right = Self.width - 24
    return
      "<text x=\"\(right)\" y=\"14\" text-anchor=\"end\" fill=\"#08519c\">honest devices with a valid certificate</text>"
      + "<text x=\"\(right - 240)\" y=\"14\" text-anchor=\"end\" fill=\"#777\">honest devices that are on (dashed)</text>"
      + "<text x=\"\(right - 460)\" y=\"14\" text-anchor=\"end\" fill=\"#4292c6\">certificates stored (bars)</text>\n"
  }

  private static func round(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
