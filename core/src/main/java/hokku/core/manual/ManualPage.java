package hokku.core.manual;

import hokku.core.command.Outline;
import java.util.List;

/// The manual page `dokku(1)`: what `help` and `--help` say of every command, in one piece.
public final class ManualPage {
    private ManualPage() {}

    public static String of(List<Outline> commands, String version) {
        Roff page = new Roff("dokku", 1, "Hokku " + version, "Hokku");
        page.section("NAME").text("dokku - deploy and manage the apps of this server");
        page.section("SYNOPSIS").text("dokku [--quiet] [--trace] [--force] [--app APP] COMMAND [APP] [ARGUMENT]...")
                .paragraph("ssh dokku@HOST COMMAND [APP] [ARGUMENT]...").paragraph("git push dokku@HOST:APP");
        page.section("DESCRIPTION").text("Hokku is a self-hosted platform: git push deploys, ssh manages, a jar extends.")
                .paragraph("dokku calls the server of this machine over ssh, as root with the machine's own admin key, as anybody else with their own. "
                        + "The same commands work from every machine whose key the server knows, as ssh dokku@HOST COMMAND.")
                .paragraph("Plugins add commands: dokku help lists those of this server.");
        page.section("OPTIONS").term("--quiet", "Leave out steps and their details; results, warnings and errors stay")
                .term("--force", "Do not ask before something that cannot be undone")
                .term("--app APP", "The app, instead of naming it as the first parameter")
                .term("--trace", "Accepted, and without effect")
                .term("--help", "After a command: what that command takes");
        page.section("COMMANDS");
        String noun = "";
        for (Outline command : commands) {
            String own = command.name().replaceFirst(":.*", "");
            if (!own.equals(noun)) {
                noun = own;
                page.subsection(noun);
            }
            describe(command, page);
        }
        page.section("EXIT STATUS").term("0", "It is done").term("1", "It failed; the message says why and what to do")
                .term("2", "The words make no sense; the usage is shown").term("20", "There is no such app")
                .term("69", "The engine, or another service that it takes, does not answer").term("70", "A defect; the message holds the id of the log entry")
                .term("77", "The key may not do that").term("130", "It was cancelled")
                .paragraph("run and enter end with the exit status of the command that they run.");
        page.section("FILES").term("/var/lib/hokku", "Everything that the server knows: back up this folder")
                .term("/etc/hokku/hokku.conf", "How the server is run").term("/etc/hokku/admin_key", "The key of root on this machine");
        page.section("EXAMPLES").example("git remote add dokku dokku@host:hello", "git push dokku main", "ssh dokku@host config:set hello KEY=value",
                "ssh dokku@host ps:scale hello web=3", "sudo dokku ssh-keys:add NAME < key.pub");
        page.section("SEE ALSO").text("hokku(8), git-push(1), ssh(1)");
        return page.print();
    }

    private static void describe(Outline command, Roff page) {
        page.term(command.synopsis(), command.description());
        command.parameters().stream().filter(parameter -> !parameter.description().isEmpty())
                .forEach(parameter -> page.inner(parameter.label(), parameter.description()));
        command.flags().stream().filter(flag -> !flag.names().contains("--help")).forEach(flag -> page.inner(
                String.join(", ", flag.names()) + (flag.value().isEmpty() ? "" : " " + flag.value()), flag.description()));
        command.words().forEach(word -> page.inner(word.word(), word.description()));
    }
}
