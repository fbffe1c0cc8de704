package hokku.swarm;

import hokku.testkit.SwarmLab;
import java.io.IOException;

/// A JVM with a lab, which it does not close: says where it is, and lives until its input ends.
final class LabOwner {
    private LabOwner() {}

    public static void main(String[] words) throws IOException {
        SwarmLab lab = SwarmLab.start(1);
        System.out.println(lab.id() + " " + lab.folder());
        System.in.readAllBytes();
    }
}
