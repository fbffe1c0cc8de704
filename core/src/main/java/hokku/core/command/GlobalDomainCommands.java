package hokku.core.command;

import hokku.api.Access;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Contributions;
import hokku.api.Domain;
import hokku.api.Global;
import hokku.api.Output;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `domains:*-global`: the domains below which every app gets a name.
final class GlobalDomainCommands {
    private final Apps apps;

    GlobalDomainCommands(Apps apps) {
        this.apps = apps;
    }

    void contribute(Contributions to) {
        to.command(Add::new);
        to.command(Remove::new);
        to.command(Set::new);
        to.command(Clear::new);
    }

    private abstract class GlobalCommand implements hokku.api.spi.Command {
        @Override
        public final Access access() {
            return Access.ADMIN;
        }

        final List<Domain> current() {
            return apps.global().domains();
        }

        final void change(UnaryOperator<List<Domain>> change, Output out) throws InterruptedException {
            if (!change.apply(current()).equals(current())) {
                UnaryOperator<Global> whole = global -> global.withDomains(change.apply(global.domains()));
                apps.changeGlobal(whole, Restart.IF_NEEDED, out);
            }
        }
    }

    private abstract class WithDomains extends GlobalCommand {
        @Parameters(arity = "0..*", paramLabel = "<domain>", description = "A domain, for instance apps.example.com")
        private final List<String> domains = new ArrayList<>();

        @Override
        public final List<String> audited() {
            return domains;
        }

        final List<Domain> domains(String command) {
            List<Domain> parsed = DomainCommands.parsed(domains, command + " <domain> [<domain> ...]");
            parsed.stream().filter(domain -> domain.value().startsWith("*.")).findFirst().ifPresent(wildcard -> {
                throw new UserError(wildcard + " cannot be a global domain. Use " + wildcard.value().substring(2)
                        + ": each app gets a name below it");
            });
            return parsed;
        }
    }

    @Command(name = "domains:add-global", description = "Add domains below which every app gets a name")
    final class Add extends WithDomains {
        @Override
        public void run(Session session) throws InterruptedException {
            List<Domain> wanted = domains("domains:add-global");
            List<Domain> before = current();
            change(now -> {
                LinkedHashSet<Domain> all = new LinkedHashSet<>(now);
                all.addAll(wanted);
                return List.copyOf(all);
            }, session.out());
            for (Domain domain : wanted) {
                session.out().step(before.contains(domain) ? "Skipping " + domain + ": already added" : "Added " + domain);
            }
        }
    }

    @Command(name = "domains:remove-global", description = "Remove domains below which every app gets a name")
    final class Remove extends WithDomains {
        @Override
        public void run(Session session) throws InterruptedException {
            List<Domain> unwanted = domains("domains:remove-global");
            List<Domain> before = current();
            change(now -> now.stream().filter(domain -> !unwanted.contains(domain)).toList(), session.out());
            for (Domain domain : unwanted) {
                session.out().step(before.contains(domain) ? "Removed " + domain : "Skipping " + domain + ": not a global domain");
            }
        }
    }

    @Command(name = "domains:set-global", description = "Replace the domains below which every app gets a name")
    final class Set extends WithDomains {
        @Override
        public void run(Session session) throws InterruptedException {
            List<Domain> wanted = domains("domains:set-global");
            change(now -> wanted, session.out());
            session.out().step("Set " + DomainCommands.joined(wanted));
        }
    }

    @Command(name = "domains:clear-global", description = "Remove all domains below which every app gets a name")
    final class Clear extends GlobalCommand {
        @Override
        public void run(Session session) throws InterruptedException {
            change(now -> List.of(), session.out());
            session.out().step("Cleared global domains");
        }
    }
}
