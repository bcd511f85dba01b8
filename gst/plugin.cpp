// Registration, and the fight for the name `av1enc`.
//
// gst-plugins-bad's libaom wrapper registers an element of the same name. GStreamer looks elements up by name
// in one table where the last registration wins, whatever the rank; and a plugin registers again each time it
// is loaded (creating libaom's av1dec is enough). So the name would change hands by order of directories, by
// history of the registry cache, even in mid-process. Here: whenever somebody else registers `av1enc`, it is
// registered again as ours, and a change of libgstaom.so makes GStreamer scan this plugin again, after it.
// TESSERA_KEEP_AV1ENC=0 switches that off. `tesseraav1enc` is always ours.
#include <gst/gst.h>

#include "av1enc.h"

namespace {

constexpr char kName[] = "av1enc";
constexpr char kOwnName[] = "tesseraav1enc";
constexpr char kSwitch[] = "TESSERA_KEEP_AV1ENC";

bool register_name(GstPlugin* plugin) {
  return gst_element_register(plugin, kName, GST_RANK_PRIMARY, tessera_av1_enc_get_type());
}

void on_feature_added(GstRegistry*, GstPluginFeature* feature, gpointer plugin) {
  const gchar* owner = gst_plugin_feature_get_plugin_name(feature);
  if (g_strcmp0(GST_OBJECT_NAME(feature), kName) == 0 && g_strcmp0(owner, PLUGIN_NAME) != 0)
    register_name(static_cast<GstPlugin*>(plugin));
}

gboolean plugin_init(GstPlugin* plugin) {
  if (!gst_element_register(plugin, kOwnName, GST_RANK_PRIMARY + 1, tessera_av1_enc_alias_get_type()) ||
      !register_name(plugin))
    return FALSE;

  gst_plugin_add_dependency_simple(plugin, kSwitch, nullptr, nullptr, GST_PLUGIN_DEPENDENCY_FLAG_NONE);
  if (g_strcmp0(g_getenv(kSwitch), "0") == 0) return TRUE;
  gst_plugin_add_dependency_simple(
      plugin, "GST_PLUGIN_SYSTEM_PATH_1_0:GST_PLUGIN_SYSTEM_PATH:GST_PLUGIN_PATH_1_0:GST_PLUGIN_PATH",
      SYSTEM_PLUGINS_DIR, "libgstaom.so", GST_PLUGIN_DEPENDENCY_FLAG_NONE);
  g_signal_connect(gst_registry_get(), "feature-added", G_CALLBACK(on_feature_added), plugin);
  return TRUE;
}

}  // namespace

extern "C" {
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, tessera, "Tessera AV1 encoder", plugin_init,
                  TESSERA_VERSION, "BSD", "tessera", "Unknown package origin")
}
