package hokku.core.doctor;

import hokku.api.PluginContext;
import hokku.api.spi.Examination;
import hokku.core.datastore.Services;
import hokku.core.deploy.DeployParts;
import hokku.core.plugin.PluginHost;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import hokku.core.state.ReleaseJournal;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/// What the core itself looks at.
///
/// @param sshAddress the address that the server listens on; empty for all of them
/// @param address where the server is reached from outside
public record CoreExaminations(Home home, Catalogue catalogue, DeployParts parts, PluginHost plugins, Services services,
        String sshAddress, String address, Clock clock) {
    private static final Duration DNS_PATIENCE = Duration.ofSeconds(3);

    public List<Examination> list(PluginContext context) {
        return List.of(new EngineAnswers(context.engine()), new SshAnswers(home, sshAddress),
                new RunningApps(catalogue::all,
                        app -> catalogue.journal(app).current().map(ReleaseJournal.Marker::scale).orElseGet(TreeMap::new),
                        parts.apps()::live, parts.deploys()::isDeploying),
                new RunningServices(plugins, services::all, services::state),
                new Names(context.apps(), address, name -> List.of(InetAddress.getAllByName(name)), DNS_PATIENCE),
                new Certificates(home, clock), new Disks(home.root(), context.engine()), new Memory(Path.of("/proc/meminfo")),
                new Time(context.engine(), clock), new SecretFiles(home), new StateFiles(home, catalogue, clock), new LoadedPlugins(plugins),
                new FailedJobs(plugins::failedJobs));
    }
}
