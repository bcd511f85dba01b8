// A libgstaom.so that stands in front of the distribution's: of two files of one name GStreamer takes the one in the directory
// it looks into first. This one has the other register its elements and, where Tessera's are there, gives the name `av1enc`
// back to Tessera. So the name is Tessera's in every order of loading, and `av1dec` works as ever.
#include <dlfcn.h>
#include <gst/gst.h>

namespace {

constexpr char kName[] = "av1enc";
constexpr char kTheirPlugin[] = "aom";
constexpr char kTheirFile[] = SYSTEM_PLUGINS_DIR "/libgstaom.so";

constexpr char kOwnFile[] = "libgsttessera.so";
constexpr char kPathVariables[] = "GST_PLUGIN_PATH_1_0:GST_PLUGIN_PATH:GST_PLUGIN_SYSTEM_PATH_1_0:GST_PLUGIN_SYSTEM_PATH";

bool holds_own_file(const char* directory) {
  gchar* file = g_build_filename(directory, kOwnFile, nullptr);
  const bool there = g_file_test(file, G_FILE_TEST_EXISTS);
  g_free(file);
  return there;
}

/// Whether GStreamer can find Tessera's plugin: without it, their element is better than none. The registry does not know
/// while it is being made, so the directories are looked into.
bool tessera_is_there() {
  if (holds_own_file(SYSTEM_PLUGINS_DIR)) return true;
  gchar* user = g_build_filename(g_get_user_data_dir(), "gstreamer-1.0", "plugins", nullptr);
  bool found = holds_own_file(user);
  g_free(user);
  gchar** variables = g_strsplit(kPathVariables, ":", -1);
  for (gchar** variable = variables; *variable && !found; variable++) {
    const gchar* value = g_getenv(*variable);
    gchar** directories = g_strsplit(value ? value : "", G_SEARCHPATH_SEPARATOR_S, -1);
    for (gchar** directory = directories; *directory && !found; directory++) found = **directory && holds_own_file(*directory);
    g_strfreev(directories);
  }
  g_strfreev(variables);
  return found;
}

bool is_theirs(GstPluginFeature* feature) {
  return feature && g_strcmp0(gst_plugin_feature_get_plugin_name(feature), kTheirPlugin) == 0;
}

gboolean plugin_init(GstPlugin* plugin) {
  // Looked at again when either plugin comes, goes or changes.
  gst_plugin_add_dependency_simple(plugin, kPathVariables, SYSTEM_PLUGINS_DIR, "libgstaom.so,libgsttessera.so",
                                   GST_PLUGIN_DEPENDENCY_FLAG_NONE);
  void* library = dlopen(kTheirFile, RTLD_NOW | RTLD_LOCAL);
  if (!library) return TRUE;  // there is none: nothing to stand in front of
  using GetDescription = const GstPluginDesc* (*)();
  const auto get_description = reinterpret_cast<GetDescription>(dlsym(library, "gst_plugin_aom_get_desc"));
  if (!get_description) return FALSE;

  GstRegistry* registry = gst_registry_get();
  GstPluginFeature* before = gst_registry_lookup_feature(registry, kName);
  const gboolean good = get_description()->plugin_init(plugin);
  GstPluginFeature* after = gst_registry_lookup_feature(registry, kName);
  if (is_theirs(after) && tessera_is_there()) {
    gst_registry_remove_feature(registry, after);
    if (before && !is_theirs(before)) gst_registry_add_feature(registry, before);
  }
  if (before) gst_object_unref(before);
  if (after) gst_object_unref(after);
  return good;
}

}  // namespace

extern "C" {
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, aom, "libaom's elements but av1enc, which is Tessera's", plugin_init,
                  TESSERA_VERSION, "BSD", "tessera", "Unknown package origin")
}
