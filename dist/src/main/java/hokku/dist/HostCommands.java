package hokku.dist;

import hokku.core.manual.Roff;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The commands of the program `hokku`, as its usage lists them.
///
/// @param script the program, a script whose usage stands between `usage: hokku COMMAND` and `TXT`
record HostCommands(String script) {
    private static final Pattern USAGE = Pattern.compile("(?ms)^usage: hokku COMMAND$(.*?)^TXT$");
    private static final Pattern LINE = Pattern.compile("  ([a-z][a-z-]*)((?: [\\[A-Z]\\S*)*)  +(\\S.*)");

    /// @param takes what may follow it, as the usage says it
    record Command(String name, String takes, String description) {
        /// What may follow it and is fixed: words and flags.
        List<String> words() {
            return Pattern.compile("-{0,2}[a-z][a-z-]*").matcher(takes.equals("[options]") ? "" : takes).results().map(found -> found.group()).toList();
        }
    }

    /// @throws IllegalStateException when a line of the usage cannot be understood
    List<Command> list() {
        Matcher usage = USAGE.matcher(script);
        if (!usage.find()) {
            throw new IllegalStateException("The program hokku has no usage.");
        }
        List<Command> commands = new ArrayList<>();
        for (String text : usage.group(1).lines().filter(line -> line.startsWith("  ")).toList()) {
            Matcher line = LINE.matcher(text);
            if (!line.matches()) {
                throw new IllegalStateException("This line of the usage of hokku is not understood: " + text);
            }
            commands.add(new Command(line.group(1), line.group(2).strip(), line.group(3)));
        }
        return commands;
    }

    /// A script for bash that completes the words after `hokku`.
    String bash() {
        StringBuilder cases = new StringBuilder();
        list().stream().filter(command -> !command.words().isEmpty()).forEach(command -> cases.append("    ").append(command.name()).append(") words='")
                .append(String.join(" ", command.words())).append("' ;;\n"));
        String names = String.join(" ", list().stream().map(Command::name).toList());
        return """
                # Completes the words after `hokku` in bash. Written when Hokku was packed, from what `hokku help` says.
                _hokku() {
                  local words=''
                  case $COMP_CWORD:${COMP_WORDS[1]-} in
                    1:*) words='%s help' ;;
                    2:*) case ${COMP_WORDS[1]} in
                %s    esac ;;
                  esac
                  # shellcheck disable=SC2207 # words without blanks
                  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
                }
                complete -F _hokku hokku
                """.formatted(names, cases);
    }

    /// The manual page `hokku(8)`.
    String manual(String version) {
        Roff page = new Roff("hokku", 8, "Hokku " + version, "Hokku");
        page.section("NAME").text("hokku - start, stop and watch the Hokku server and its nginx");
        page.section("SYNOPSIS").text("hokku COMMAND");
        page.section("DESCRIPTION").text("Server and nginx are two processes that do not need each other to stay up: apps answer while the server is stopped.")
                .paragraph("Apps are managed with dokku(1).");
        page.section("COMMANDS");
        list().forEach(command -> page.term((command.name() + " " + command.takes()).strip(), command.description()));
        page.section("EXIT STATUS").term("0", "It is done, or all runs").term("1", "It failed; the message says why and what to do")
                .term("2", "There is no such command").term("3", "status: something does not run");
        page.section("FILES").term("/etc/hokku/hokku.conf", "KEY=VALUE lines: the home, the ports, the address. The environment goes before it")
                .term("/opt/hokku", "The program").term("/var/lib/hokku", "The home: apps, keys, settings, audit log")
                .term("/var/log/hokku", "The logs, where systemd does not keep them: journalctl -u hokku");
        page.section("SEE ALSO").text("dokku(1), systemctl(1), journalctl(1)");
        return page.print();
    }
}
