package hokku.core.plugin;

import hokku.api.ApiVersion;
import hokku.api.Plugin;
import hokku.api.UserError;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes one snapshot of what is there. A plugin that cannot be loaded is marked as broken, and the others load. Used once.
final class Loading {
    private static final Logger LOG = LoggerFactory.getLogger(Loading.class);

    /// A jar whose manifest was read.
    private record Candidate(Jars.Found found, Descriptor descriptor, Path copy) {
        String id() {
            return descriptor.id();
        }

        List<String> needs() {
            return descriptor.needs().stream().map(Descriptor.Need::plugin).toList();
        }

        PluginInfo info(PluginInfo.State state, String reason) {
            return new PluginInfo(id(), descriptor.version(), state, reason, descriptor.description(), found.origin(), found.name());
        }
    }

    private final Home home;
    private final Jars jars;
    private final Services services;
    private final Manifests manifests = new Manifests();
    private final Loaders loaders;
    private final Map<String, PluginInfo> infos = new HashMap<>();
    private final List<PluginInfo> broken = new ArrayList<>();
    private final Map<String, Draft> drafts = new HashMap<>();
    private final Map<String, List<String>> needs = new HashMap<>();
    private final Map<String, String> taken = new HashMap<>();
    private final List<Snapshot.Loaded> loaded = new ArrayList<>();
    private final Set<Path> copies = new HashSet<>();

    Loading(Home home, Jars jars, Services services) {
        this.home = home;
        this.jars = jars;
        this.services = services;
        this.loaders = new Loaders(home.pluginCopies(), ApiVersion.current());
    }

    /// @param found in the order of precedence: the first of two jars with the same id is the one
    /// @param disabled ids of plugins that are only looked at
    Snapshot load(List<BuiltIn> builtIns, List<Jars.Found> found, Set<String> disabled) {
        builtIns.forEach(this::contribute);
        List<Candidate> candidates = new ArrayList<>();
        found.forEach(jar -> read(jar).ifPresent(candidates::add));
        List<Candidate> enabled = candidates.stream().filter(candidate -> keep(candidate, disabled)).toList();
        List<Candidate> sorted = Sorting.byNeeds(enabled, Candidate::id, Candidate::needs,
                Comparator.comparing((Candidate candidate) -> candidate.found().origin()).thenComparing(Candidate::id));
        enabled.stream().filter(candidate -> !sorted.contains(candidate)).forEach(candidate -> fail(
                candidate, new UnsoundPlugin("depends on itself through Plugin-Dependencies, or needs a plugin that does")));
        sorted.forEach(this::load);
        List<Draft> inOrder = Sorting.byNeeds(drafts.values(), draft -> draft.plugin,
                draft -> needs.getOrDefault(draft.plugin, List.of()), Comparator.comparing(draft -> draft.plugin));
        List<PluginInfo> all = new ArrayList<>(infos.values());
        all.addAll(broken);
        all.sort(Comparator.comparing(PluginInfo::id).thenComparing(PluginInfo::origin).thenComparing(PluginInfo::file));
        return new Snapshot(SnapshotRegistry.of(inOrder), all, loaded, loaders, copies);
    }

    private void contribute(BuiltIn builtIn) {
        Draft draft = new Draft(builtIn.id(), taken, services.derived());
        try {
            builtIn.plugin().contribute(new HostContext(builtIn.id(), services, home), draft);
        } catch (Exception e) {
            throw new IllegalStateException("What is built in could not be loaded: " + builtIn.id(), e);
        }
        draft.end();
        drafts.put(builtIn.id(), draft);
        infos.put(builtIn.id(), new PluginInfo(builtIn.id(), builtIn.version(), PluginInfo.State.ENABLED, "", builtIn.description(),
                Origin.BUILT_IN, ""));
    }

    private Optional<Candidate> read(Jars.Found found) {
        try {
            Path copy = jars.copy(found.file());
            copies.add(copy);
            return Optional.of(new Candidate(found, manifests.read(copy), copy));
        } catch (IOException e) {
            fail(found, new UnsoundPlugin(Files.isReadable(found.file())
                    ? "cannot be copied to " + home.pluginCopies() + " (" + e.getMessage() + "): is the disk full?"
                    : "cannot be read by the server: chmod a+r " + found.file(), e));
        } catch (UnsoundPlugin e) {
            fail(found, e);
        }
        return Optional.empty();
    }

    /// Whether it is to be loaded: it is not disabled, and no other one has its id.
    private boolean keep(Candidate candidate, Set<String> disabled) {
        PluginInfo same = infos.get(candidate.id());
        if (same != null) {
            String where = same.file().isEmpty() ? "built in" : "in " + same.file();
            fail(candidate, new UnsoundPlugin("has the id " + candidate.id() + " of a plugin that is " + where
                    + ": remove one of the two files, or change the Plugin-Id"));
            return false;
        }
        boolean off = disabled.contains(candidate.id());
        infos.put(candidate.id(), candidate.info(off ? PluginInfo.State.DISABLED : PluginInfo.State.ENABLED, ""));
        return !off;
    }

    private void load(Candidate candidate) {
        Draft draft = new Draft(candidate.id(), taken, services.derived());
        Optional<Snapshot.Loaded> created = Optional.empty();
        try {
            manifests.check(candidate.descriptor(), candidate.copy());
            checkNeeds(candidate.descriptor());
            Plugin plugin = create(candidate);
            Snapshot.Loaded one = new Snapshot.Loaded(candidate.id(), plugin, new HostContext(candidate.id(), services, home));
            created = Optional.of(one);
            plugin.contribute(one.context(), draft);
            draft.end();
            loaded.add(one);
            drafts.put(candidate.id(), draft);
            needs.put(candidate.id(), candidate.needs());
        } catch (Throwable e) {
            // Whatever it is, one plugin must not keep the others from loading.
            taken.values().removeIf(candidate.id()::equals);
            created.ifPresent(Snapshot::end);
            loaders.close(candidate.id());
            fail(candidate, e);
        }
    }

    private void checkNeeds(Descriptor descriptor) throws UnsoundPlugin {
        for (Descriptor.Need need : descriptor.needs()) {
            PluginInfo other = infos.get(need.plugin());
            if (other == null || other.state() != PluginInfo.State.ENABLED) {
                if (!need.optional()) {
                    throw new UnsoundPlugin("needs the plugin " + need.plugin() + ", which is "
                            + (other == null ? "not there: install it first" : other.state().toString()));
                }
            } else if (!manifests.satisfies(other.version(), need.versions(), "Plugin-Dependencies")) {
                throw new UnsoundPlugin("needs version " + need.versions() + " of the plugin " + need.plugin() + ", and " + other.version()
                        + " is there");
            }
        }
    }

    private Plugin create(Candidate candidate) throws Exception {
        String name = candidate.descriptor().type();
        Class<?> type;
        try {
            type = loaders.open(candidate.copy()).loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new UnsoundPlugin("names the Plugin-Class " + name + ", which is not in the jar", e);
        }
        if (!Plugin.class.isAssignableFrom(type)) {
            throw new UnsoundPlugin("has the Plugin-Class " + name + ", which does not implement hokku.api.Plugin");
        }
        try {
            return type.asSubclass(Plugin.class).getConstructor().newInstance();
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new UnsoundPlugin("has the Plugin-Class " + name + ", which is no public class with a public constructor without"
                    + " parameters", e);
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private void fail(Candidate candidate, Throwable why) {
        PluginInfo info = candidate.info(PluginInfo.State.BROKEN, reason(why));
        // A duplicate must not hide the one whose id it has.
        if (Optional.ofNullable(infos.get(candidate.id())).filter(same -> !same.file().equals(info.file())).isPresent()) {
            broken.add(info);
        } else {
            infos.put(candidate.id(), info);
        }
        LOG.error("Plugin {} did not load: it {}", info.label(), info.reason(), why);
    }

    private void fail(Jars.Found found, UnsoundPlugin why) {
        String name = found.name().replaceFirst("\\.jar$", "");
        broken.add(new PluginInfo(name, "", PluginInfo.State.BROKEN, why.getMessage(), "", found.origin(), found.name()));
        LOG.error("Plugin {} did not load: it {}", found.name(), why.getMessage(), why);
    }

    private static String reason(Throwable why) {
        return switch (why) {
            case UnsoundPlugin unsound -> unsound.getMessage();
            case NoClassDefFoundError missing -> "uses " + Objects.toString(missing.getMessage(), "a class").replace('/', '.')
                    + ", which is neither in its jar nor part of the plugin API";
            case LinkageError mismatch -> "does not fit the plugin API of this server (" + mismatch + "): build it anew";
            case UserError told -> "is refused: " + told.getMessage();
            case IllegalArgumentException refused when refused.getMessage() != null -> "is refused: " + refused.getMessage();
            default -> "failed to start: " + why;
        };
    }
}
