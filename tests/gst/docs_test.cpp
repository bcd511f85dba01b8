// The pipelines of docs/element.md, as they stand there, and the example it names.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "pipeline_runner.h"

namespace tessera::test {
namespace {

namespace fs = std::filesystem;

/// Every line of the fenced sh blocks that starts a pipeline.
std::vector<std::string> documented_pipelines() {
  std::ifstream file(fs::path(getenv("TESSERA_DOCS")) / "element.md");
  std::vector<std::string> found;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("```", 0) == 0) inside = line == "```sh";
    else if (inside && line.rfind("gst-launch-1.0 ", 0) == 0) found.push_back(line);
  }
  return found;
}

class Docs : public ScratchTest {
 protected:
  /// Runs a command in the scratch directory; what it printed is in `output_`.
  int run(const std::string& command) {
    const std::string script = path("script");
    std::ofstream(script) << "cd " << directory_.string() << "\n" << command << "\n";
    const int result = system(("timeout 60 sh " + script + " >" + path("log") + " 2>&1").c_str());
    std::ifstream file(path("log"));
    output_.assign(std::istreambuf_iterator<char>(file), {});
    return result;
  }
  size_t frames_in(const fs::path& file) {
    const char* demuxer = file.extension() == ".mp4" ? "qtdemux" : "matroskademux";
    std::string error;
    const size_t frames =
        decode("filesrc location=" + file.string() + " ! " + demuxer + " ! av1dec ! appsink name=out", &error).size();
    EXPECT_EQ(error, "") << file;
    return frames;
  }

  std::string output_;
};

TEST_F(Docs, every_pipeline_runs_and_its_files_play) {
  const auto pipelines = documented_pipelines();
  ASSERT_GE(pipelines.size(), 9u);
  for (const std::string& pipeline : pipelines) {
    std::string command = pipeline;
    if (pipeline.find("ximagesrc") != std::string::npos) {
      ASSERT_EQ(system("command -v Xvfb >/dev/null"), 0) << "Xvfb is needed (package xvfb)";
      // -displayfd: the first free display, whose number Xvfb writes when it is ready.
      command = "mkfifo display; Xvfb -displayfd 3 -screen 0 320x240x24 -nolisten tcp 3<>display 2>/dev/null & server=$!\n"
                "read number <display; DISPLAY=:$number " + pipeline + "; result=$?; kill $server; wait $server; exit $result";
    }
    EXPECT_EQ(run(command), 0) << pipeline << "\n" << output_;
    EXPECT_EQ(output_.find("WARNING"), std::string::npos) << pipeline << "\n" << output_;
  }
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    const fs::path file = entry.path();
    if (file.filename() == "in.mkv" || (file.extension() != ".mkv" && file.extension() != ".webm" && file.extension() != ".mp4"))
      continue;
    EXPECT_GE(frames_in(file), 10u) << file;
    files++;
  }
  EXPECT_GE(files, 10u);
}

TEST_F(Docs, the_split_files_are_a_second_long) {
  for (const std::string& pipeline : documented_pipelines())
    if (pipeline.find("splitmuxsink") != std::string::npos) {
      ASSERT_EQ(run(pipeline), 0) << output_;
    }
  for (int i = 0; i < 3; i++) EXPECT_EQ(frames_in(directory_ / ("part00" + std::to_string(i) + ".mp4")), 25u) << i;
}

TEST_F(Docs, hdr_fields_are_in_the_file) {
  for (const std::string& pipeline : documented_pipelines())
    if (pipeline.find("hdr.mkv") != std::string::npos) {
      ASSERT_EQ(run(pipeline), 0) << output_;
    }
  EXPECT_EQ(run("gst-launch-1.0 -v filesrc location=hdr.mkv ! matroskademux ! fakesink"), 0);
  EXPECT_NE(output_.find("colorimetry=(string)bt2100-pq"), std::string::npos) << output_;
  EXPECT_NE(output_.find("content-light-level=(string)1000:400"), std::string::npos) << output_;
  EXPECT_NE(output_.find("mastering-display-info=(string)34000:16000:13250"), std::string::npos) << output_;
}

TEST_F(Docs, appsrc_example) {
  ASSERT_EQ(run(std::string(getenv("TESSERA_APPSRC")) + " " + path("app.mkv")), 0) << output_;
  EXPECT_EQ(frames_in(path("app.mkv")), 50u);
}

TEST_F(Docs, every_property_is_in_the_readme_and_explains_itself) {
  std::ifstream file(fs::path(getenv("TESSERA_DOCS")).parent_path() / "README.md");
  const std::string readme(std::istreambuf_iterator<char>(file), {});
  Harness harness("");
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(harness.element()), &count);
  for (guint i = 0; i < count; i++) {
    const std::string name = specs[i]->name;
    if (std::string(g_type_name(specs[i]->owner_type)).rfind("Tessera", 0) != 0) continue;
    const bool family = name.rfind("superres-", 0) == 0 || name.rfind("resize-", 0) == 0;
    if (!family) {
      EXPECT_NE(readme.find(name), std::string::npos) << name;
    }
    EXPECT_GT(std::string(g_param_spec_get_blurb(specs[i])).size(), 15u) << name;
    EXPECT_STRNE(g_param_spec_get_nick(specs[i]), g_param_spec_get_blurb(specs[i])) << name;
  }
  g_free(specs);
}

std::string range_of(const GParamSpec* spec) {
  if (G_IS_PARAM_SPEC_ENUM(spec)) {
    std::string nicks;
    const GEnumClass* values = G_PARAM_SPEC_ENUM(spec)->enum_class;
    for (guint i = 0; i < values->n_values; i++) nicks += (i ? ", " : "") + std::string(values->values[i].value_nick);
    return nicks;
  }
  if (G_IS_PARAM_SPEC_INT(spec))
    return std::to_string(G_PARAM_SPEC_INT(spec)->minimum) + " to " + std::to_string(G_PARAM_SPEC_INT(spec)->maximum);
  if (G_IS_PARAM_SPEC_UINT(spec))
    return std::to_string(G_PARAM_SPEC_UINT(spec)->minimum) + " to " + std::to_string(G_PARAM_SPEC_UINT(spec)->maximum);
  if (G_IS_PARAM_SPEC_BOOLEAN(spec)) return "false, true";
  return G_IS_PARAM_SPEC_STRING(spec) ? "text" : "GstStructure";
}

std::string default_of(GParamSpec* spec) {
  if (G_IS_PARAM_SPEC_ENUM(spec))
    return g_enum_get_value(G_PARAM_SPEC_ENUM(spec)->enum_class, G_PARAM_SPEC_ENUM(spec)->default_value)->value_nick;
  if (!(spec->flags & G_PARAM_WRITABLE)) return "";
  gchar* text = gst_value_serialize(g_param_spec_get_default_value(spec));
  const std::string value = text ? text : "";
  g_free(text);
  return value;
}

/// docs/properties.md as the element itself would write it.
std::string properties_page() {
  std::string page =
      "# Properties\n\n"
      "Written by the element itself: `TESSERA_WRITE_DOCS=1 meson test -C build docs` does it again.\n\n"
      "| property | range | default | changes | meaning |\n|---|---|---|---|---|\n";
  Harness harness("");
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(harness.element()), &count);
  std::vector<std::string> rows;
  for (guint i = 0; i < count; i++) {
    GParamSpec* spec = specs[i];
    if (std::string(g_type_name(spec->owner_type)).rfind("Tessera", 0) != 0) continue;
    const char* changes = !(spec->flags & G_PARAM_WRITABLE)            ? "read only"
                          : spec->flags & GST_PARAM_MUTABLE_PLAYING ? "while playing"
                                                                    : "before start";
    rows.push_back("| " + std::string(spec->name) + " | " + range_of(spec) + " | " + default_of(spec) + " | " + changes + " | " +
                   g_param_spec_get_blurb(spec) + " |\n");
  }
  g_free(specs);
  std::sort(rows.begin(), rows.end());
  for (const std::string& row : rows) page += row;
  return page;
}

TEST_F(Docs, properties_page_is_up_to_date) {
  const fs::path file = fs::path(getenv("TESSERA_DOCS")) / "properties.md";
  const std::string page = properties_page();
  if (getenv("TESSERA_WRITE_DOCS")) std::ofstream(file) << page;
  std::ifstream in(file);
  const std::string present(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(present, page) << "TESSERA_WRITE_DOCS=1 meson test -C build docs writes it anew";
}

}  // namespace
}  // namespace tessera::test
