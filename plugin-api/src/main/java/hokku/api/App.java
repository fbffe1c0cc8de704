package hokku.api;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an app should be: immutable, as of one moment. A changed copy takes effect through [Apps#change].
///
/// @param revision counts the changes of this app, from 1
/// @param env the app's own variables; [#runtimeEnv] adds those of the whole server
/// @param scale how many of each process were asked for; a process that is not in it runs once if it is `web`, else not
/// @param domains the domains that were added; empty means the ones that follow from the whole server's domains
/// @param ownDomains whether [#domains] replaces the ones that follow from the whole server's domains
/// @param domainsEnabled whether it is reached by name at all (`domains:disable`)
/// @param ports the mappings that were set; empty means what the image exposes
/// @param proxied false after `proxy:disable`
/// @param stopped true after `ps:stop`
/// @param locked true after `apps:lock`: no deploy until it is unlocked
/// @param release the release that is live, absent before the first deploy
/// @param global what is set for the whole server, as of the same moment
/// @param links the services that it is linked to, whose variables a rollback does not change
public record App(AppName name, AppId id, long revision, Instant created, Env env, Map<String, String> settings,
        SortedMap<ProcessType, Integer> scale, List<Domain> domains, boolean ownDomains, boolean domainsEnabled,
        List<PortMapping> ports, boolean proxied, boolean stopped, boolean locked, Optional<Release> release, Global global,
        List<Link> links) {

    public App {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        scale = Collections.unmodifiableSortedMap(new TreeMap<>(scale));
        domains = List.copyOf(domains);
        ports = List.copyOf(ports);
        links = List.copyOf(links);
    }

    /// A new app, with nothing set.
    public static App create(AppName name, AppId id, Instant created, Global global) {
        return new App(name, id, 1, created, Env.EMPTY, Map.of(), new TreeMap<>(), List.of(), false, true, List.of(),
                true, false, false, Optional.empty(), global, List.of());
    }

    public App withName(AppName changed) {
        return new App(changed, id, revision, created, env, settings, scale, domains, ownDomains, domainsEnabled, ports, proxied,
                stopped, locked, release, global, links);
    }

    public App withRevision(long changed) {
        return new App(name, id, changed, created, env, settings, scale, domains, ownDomains, domainsEnabled, ports, proxied,
                stopped, locked, release, global, links);
    }

    public App withEnv(Env changed) {
        return new App(name, id, revision, created, changed, settings, scale, domains, ownDomains, domainsEnabled, ports, proxied,
                stopped, locked, release, global, links);
    }

    /// The text is checked by the setting; an empty text removes it.
    public App withSetting(Setting<?> setting, String text) {
        return new App(name, id, revision, created, env, Global.replaced(settings, setting, text), scale, domains, ownDomains,
                domainsEnabled, ports, proxied, stopped, locked, release, global, links);
    }

    public App withScale(Map<ProcessType, Integer> changed) {
        return new App(name, id, revision, created, env, settings, new TreeMap<>(changed), domains, ownDomains, domainsEnabled,
                ports, proxied, stopped, locked, release, global, links);
    }

    /// @param own whether they replace the domains that follow from the whole server's
    public App withDomains(List<Domain> changed, boolean own) {
        return new App(name, id, revision, created, env, settings, scale, changed, own, domainsEnabled, ports, proxied, stopped,
                locked, release, global, links);
    }

    public App withDomainsEnabled(boolean changed) {
        return new App(name, id, revision, created, env, settings, scale, domains, ownDomains, changed, ports, proxied, stopped,
                locked, release, global, links);
    }

    public App withPorts(List<PortMapping> changed) {
        return new App(name, id, revision, created, env, settings, scale, domains, ownDomains, domainsEnabled, changed, proxied,
                stopped, locked, release, global, links);
    }

    public App withProxied(boolean changed) {
        return new App(name, id, revision, created, env, settings, scale, domains, ownDomains, domainsEnabled, ports, changed,
                stopped, locked, release, global, links);
    }

    public App withStopped(boolean changed) {
        return new App(name, id, revision, created, env, settings, scale, domains, ownDomains, domainsEnabled, ports, proxied,
                changed, locked, release, global, links);
    }

    public App withLocked(boolean changed) {
        return new App(name, id, revision, created, env, settings, scale, domains, ownDomains, domainsEnabled, ports, proxied,
                stopped, changed, release, global, links);
    }

    public App withRelease(Optional<Release> changed) {
        return new App(name, id, revision, created, env, settings, scale, domains, ownDomains, domainsEnabled, ports, proxied,
                stopped, locked, changed, global, links);
    }

    public App withGlobal(Global changed) {
        return new App(name, id, revision, created, env, settings, scale, domains, ownDomains, domainsEnabled, ports, proxied,
                stopped, locked, release, changed, links);
    }

    public App withLinks(List<Link> changed) {
        return new App(name, id, revision, created, env, settings, scale, domains, ownDomains, domainsEnabled, ports, proxied,
                stopped, locked, release, global, changed);
    }

    /// What services that the app is linked to provide.
    public Env provided() {
        Env provided = Env.EMPTY;
        for (Link link : links) {
            provided = provided.with(link.variable(), link.address());
        }
        return provided;
    }

    /// The whole server's variables, overridden by those that services provide, overridden by the app's own.
    public Env runtimeEnv() {
        return global.env().merge(provided()).merge(env);
    }

    /// What was set for the app, else for the whole server, else what holds initially.
    public <T> Optional<T> value(Setting<T> setting) {
        return own(setting).or(() -> global.value(setting));
    }

    /// What was set for the app itself.
    public <T> Optional<T> own(Setting<T> setting) {
        return Optional.ofNullable(settings.get(setting.name())).map(setting::parse);
    }

    /// How many of a process should run: what was asked for, else one `web` and none of the others.
    public int count(ProcessType process) {
        return scale.getOrDefault(process, process.equals(ProcessType.WEB) ? 1 : 0);
    }

    @Override
    public String toString() {
        return "App[" + name + " revision " + revision + "]";
    }
}
