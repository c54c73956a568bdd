"""Man pages from what the program says of its own commands (`--experimental-dump-help`), one page a command."""

import json

from Interop.harness import run

EXIT_STATUS = """.SH EXIT STATUS
0: done.  Every other code, and what it means, stands in commands.md in /usr/share/doc/{name}.
.SH ENVIRONMENT
"""

ENVIRONMENT = {
    "touchmark": {
        "TOUCHMARK_DATA": "The installation's folder, as --data.",
        "TOUCHMARK_SERVER": "The server's address, as --server.",
        "TOUCHMARK_IDENTITY": "The administrator's certificate and key, as --identity.",
        "TOUCHMARK_PASSPHRASE_FILE": "The file with the passphrase of the online keys.",
    },
    "touchmark-agent": {
        "TOUCHMARK_AGENT_DATA": "The device's folder, as --data.",
        "TOUCHMARK_FIRMWARE_VERSION": "What this device runs, as --firmware-version.",
    },
}


def escape(text):
    """Text as roff prints it: no line is a request, and hyphens can be copied."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in lines)


def spelled(name):
    return f"--{name['name']}" if name["kind"] == "long" else f"-{name['name']}"


def shown(arguments):
    return [each for each in arguments if each.get("shouldDisplay", True)]


def term(argument):
    """An argument as the line above its explanation."""
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return f"\\fI{escape(value)}\\fR"
    names = ", ".join(f"\\fB{escape(spelled(name))}\\fR" for name in argument["names"])
    return names if argument["kind"] == "flag" else f"{names} \\fI{escape(value)}\\fR"


def explained(argument):
    parts = [argument.get("abstract", ""), argument.get("discussion", "")]
    if argument.get("defaultValue") not in (None, ""):
        parts.append(f"Without it: {argument['defaultValue']}.")
    return escape(" ".join(part for part in parts if part))


def synopsis(words, command):
    line = f".B {escape(' '.join(words))}\n"
    for argument in shown(command.get("arguments", [])):
        form = term(argument).split(", ")[-1]
        repeated = "..." if argument.get("isRepeating") else ""
        line += f"[{form}]{repeated}\n" if argument.get("isOptional") else f"{form}{repeated}\n"
    return line + (".I subcommand\n" if subcommands(command) else "")


def subcommands(command):
    return [each for each in shown(command.get("subcommands", [])) if each["commandName"] != "help"]


def page(words, command, version):
    name = "-".join(words)
    text = f'.TH {name.upper()} 1 "" "touchmark {version}" "Touchmark"\n'
    text += f".SH NAME\n{escape(name)} \\- {escape(command.get('abstract', '').rstrip('.'))}\n"
    text += f".SH SYNOPSIS\n{synopsis(words, command)}"
    if command.get("discussion"):
        text += f".SH DESCRIPTION\n{escape(command['discussion'])}\n"
    below = subcommands(command)
    if below:
        text += ".SH COMMANDS\n"
        for each in below:
            text += f".TP\n\\fB{escape('-'.join([*words, each['commandName']]))}\\fR(1)\n{escape(each.get('abstract', ''))}\n"
    arguments = shown(command.get("arguments", []))
    if arguments:
        text += ".SH OPTIONS\n"
        for argument in arguments:
            text += f".TP\n{term(argument)}\n{explained(argument)}\n"
    if len(words) == 1:
        text += EXIT_STATUS.format(name=words[0])
        text += "".join(f".TP\n.B {name}\n{escape(what)}\n" for name, what in ENVIRONMENT[words[0]].items())
    above = "-".join(words[:-1])
    return text + (f".SH SEE ALSO\n.BR {escape(above)} (1)\n" if above else "")


def pages(program, version):
    """Name of the file and its text, for the program and each command below it."""
    root = json.loads(run(program, "--experimental-dump-help").out)["command"]
    found = {}

    def walk(words, command):
        found["-".join(words) + ".1"] = page(words, command, version)
        for each in subcommands(command):
            walk([*words, each["commandName"]], each)

    walk([root["commandName"]], root)
    return found
