package hokku.swarm.registry;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.Engine;

/// Names that images have on the engine.
final class EngineNames {
    private EngineNames() {}

    /// Takes a name from an image, and nothing else: one whose last name it is goes too, unless something needs it.
    ///
    /// @return whether it is gone
    static boolean remove(Engine engine, String name) {
        try {
            engine.client().removeImageCmd(name).exec();
            return true;
        } catch (NotFoundException gone) {
            // That is what was wanted.
            return true;
        } catch (ConflictException used) {
            // A container runs it: a later sweep takes it.
            return false;
        }
    }
}
