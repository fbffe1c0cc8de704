package hokku.core.command;

import hokku.api.App;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Domain;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `domains:*` of one app.
///
/// An app starts with the domains that follow from the whole server's. As soon as one is added or removed it has a list of its own,
/// which begins with those; `domains:reset` brings it back.
final class DomainCommands {
    private final Apps apps;

    DomainCommands(Apps apps) {
        this.apps = apps;
    }

    void contribute(Contributions to) {
        to.command(Add::new);
        to.command(Remove::new);
        to.command(Set::new);
        to.command(Clear::new);
        to.command(Reset::new);
        to.command(Enable::new);
        to.command(Disable::new);
    }

    /// @throws UserError when there is none, or one is no domain
    static List<Domain> parsed(List<String> words, String usage) {
        if (words.isEmpty()) {
            throw new UserError("Please specify a domain name. Usage: dokku " + usage);
        }
        return words.stream().map(Domain::of).distinct().toList();
    }

    static String joined(List<Domain> domains) {
        return domains.stream().map(Domain::value).collect(Collectors.joining(" "));
    }

    private abstract class DomainCommand extends RoutingCommand {
        DomainCommand() {
            super(apps);
        }
    }

    /// A command that is given domains.
    private abstract class WithDomains extends DomainCommand {
        @Parameters(index = "1..*", paramLabel = "<domain>", description = "A domain, for instance www.example.com")
        private final List<String> domains = new ArrayList<>();

        @Override
        public final List<String> audited() {
            return domains;
        }

        final List<Domain> domains(String command) {
            return parsed(domains, command + " <app> <domain> [<domain> ...]");
        }

        /// What the app answers to, or would if its domains were not disabled; without those of a release's `CNAME` file, which come
        /// and go with it.
        final List<Domain> had(App app) {
            return apps.domains(app.withRelease(Optional.empty()).withDomainsEnabled(true));
        }
    }

    @Command(name = "domains:add", description = "Add domains to an app")
    final class Add extends WithDomains {
        @Override
        public void run(Session session) throws InterruptedException {
            List<Domain> wanted = domains("domains:add");
            List<Domain> before = had(current());
            change(app -> {
                LinkedHashSet<Domain> all = new LinkedHashSet<>(had(app));
                return (all.addAll(wanted) ? app.withDomains(List.copyOf(all), true) : app).withDomainsEnabled(true);
            }, session.out());
            for (Domain domain : wanted) {
                session.out().step(before.contains(domain) ? "Skipping: " + domain + " already added to " + name()
                        : "Added " + domain + " to " + name());
            }
        }
    }

    @Command(name = "domains:remove", description = "Remove domains from an app")
    final class Remove extends WithDomains {
        @Override
        public void run(Session session) throws InterruptedException {
            List<Domain> unwanted = domains("domains:remove");
            List<Domain> before = had(current());
            List<Domain> all = apps.domains(current().withDomainsEnabled(true));
            change(app -> {
                List<Domain> rest = new ArrayList<>(had(app));
                return rest.removeAll(unwanted) ? app.withDomains(rest, true) : app;
            }, session.out());
            for (Domain domain : unwanted) {
                if (all.contains(domain) && !before.contains(domain)) {
                    session.out().warn(domain + " comes from the CNAME file of " + name() + ". Remove it there, and push");
                } else {
                    session.out().step(before.contains(domain) ? "Removed " + domain + " from " + name()
                            : "Skipping: " + domain + " is not a domain of " + name());
                }
            }
        }
    }

    @Command(name = "domains:set", description = "Replace the domains of an app")
    final class Set extends WithDomains {
        @Override
        public void run(Session session) throws InterruptedException {
            List<Domain> wanted = domains("domains:set");
            change(app -> app.withDomains(wanted, true).withDomainsEnabled(true), session.out());
            session.out().step("Set " + joined(wanted) + " for " + name());
        }
    }

    @Command(name = "domains:clear", description = "Remove all domains from an app")
    final class Clear extends DomainCommand {
        @Override
        public void run(Session session) throws InterruptedException {
            change(app -> app.withDomains(List.of(), true), session.out());
            session.out().step("Cleared domains in " + name());
        }
    }

    @Command(name = "domains:reset", description = "Give an app the domains that follow from the whole server's")
    final class Reset extends DomainCommand {
        @Override
        public void run(Session session) throws InterruptedException {
            change(app -> app.withDomains(List.of(), false), session.out());
            session.out().step("Reset domains in " + name());
        }
    }

    @Command(name = "domains:enable", description = "Let an app be reached by its domains")
    final class Enable extends DomainCommand {
        @Override
        public void run(Session session) throws InterruptedException {
            boolean changed = change(app -> app.withDomainsEnabled(true), session.out());
            session.out().step("Domains (VHOST) support is " + (changed ? "" : "already ") + "enabled for app (" + name() + ")");
        }
    }

    @Command(name = "domains:disable", description = "Keep an app from being reached by its domains")
    final class Disable extends DomainCommand {
        @Override
        public void run(Session session) throws InterruptedException {
            boolean changed = change(app -> app.withDomainsEnabled(false), session.out());
            session.out().step("Domains (VHOST) support is " + (changed ? "" : "already ") + "disabled for app (" + name() + ")");
        }
    }
}
