/** Which screen for which address; each screen is loaded when it is first opened. */
import type { ComponentType } from "preact";
import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import { me } from "./api/session";
import type { Profile, Role } from "./api/types";
import { currentProfile } from "./lib/profile";
import { Entering, useEntry, useVisit } from "./ui/entry";
import { lazyScreen } from "./ui/lazy";
import { Shell } from "./ui/shell";

/** Everything but the public page and what the server itself answers. */
const SCREENS = /^\/(?!$|\?|#|v1\/|oauth\/|fhir\/|problems\/|openapi\.json|health)/;

const Login = lazyScreen(() => import("./screens/login"));
const Resume = lazyScreen(() => import("./screens/resume"));
const Help = lazyScreen(() => import("./screens/help"));
const Publishers = lazyScreen(() => import("./screens/publishers"));
const PublisherGuide = lazyScreen(() => import("./screens/publisher-guide"));
const ApplicationGuide = lazyScreen(() => import("./screens/application-guide"));
const FhirGuide = lazyScreen(() => import("./screens/fhir-guide"));
const Lost = lazyScreen(() => import("./screens/lost"));
const Home = lazyScreen(() => import("./screens/home"));
const Documents = lazyScreen(() => import("./screens/documents"));
const Add = lazyScreen(() => import("./screens/add"));
const Document = lazyScreen(() => import("./screens/document"));
const Trace = lazyScreen(() => import("./screens/trace"));
const Professionals = lazyScreen(() => import("./screens/professionals"));
const Applications = lazyScreen(() => import("./screens/applications"));
const Application = lazyScreen(() => import("./screens/application"));
const ConsentRequest = lazyScreen(() => import("./screens/consent-request"));
const MyApplications = lazyScreen(() => import("./screens/my-applications"));
const Relatives = lazyScreen(() => import("./screens/relatives"));
const Agenda = lazyScreen(() => import("./screens/agenda"));
const Appointment = lazyScreen(() => import("./screens/appointment"));
const AppointmentForm = lazyScreen(() => import("./screens/appointment-form"));
const CalendarFeeds = lazyScreen(() => import("./screens/calendar-feeds"));
const Prevention = lazyScreen(() => import("./screens/prevention"));
const Measures = lazyScreen(() => import("./screens/measures"));
const MeasureAdd = lazyScreen(() => import("./screens/measure-add"));
const Messages = lazyScreen(() => import("./screens/messages"));
const ConversationScreen = lazyScreen(() => import("./screens/conversation"));
const Notices = lazyScreen(() => import("./screens/notices"));
const NoticeSettings = lazyScreen(() => import("./screens/notice-settings"));
const Settings = lazyScreen(() => import("./screens/settings"));
const ProHome = lazyScreen(() => import("./screens/pro-home"));
const ProCompare = lazyScreen(() => import("./screens/pro-compare"));
const ProDocuments = lazyScreen(() => import("./screens/pro-documents"));
const ProDeposit = lazyScreen(() => import("./screens/pro-deposit"));
const ProAppointments = lazyScreen(() => import("./screens/pro-appointments"));
const ProAppointmentForm = lazyScreen(() => import("./screens/pro-appointment-form"));
const ProMessages = lazyScreen(() => import("./screens/pro-messages"));
const ProConversation = lazyScreen(() => import("./screens/pro-conversation"));
const ProWrite = lazyScreen(() => import("./screens/pro-write"));
const OwnApplicationList = lazyScreen(() => import("./screens/own-applications"));
const OwnApplication = lazyScreen(() => import("./screens/own-application"));
const OwnApplicationForm = lazyScreen(() => import("./screens/own-application-form"));
const Review = lazyScreen(() => import("./screens/review"));
const ReviewFile = lazyScreen(() => import("./screens/review-file"));

/** A screen of the record that is open: one's own, or that of a child. */
function own(Screen: ComponentType<{ profile: Profile }>) {
  return function OwnScreen() {
    const entry = useEntry("patient");
    const profile = currentProfile.value;
    return profile ? <Screen key={profile.patient_id} profile={profile} /> : <Entering {...entry} />;
  };
}

/** A screen for whoever is logged in, or for one role only. */
function known(Screen: ComponentType, role: Role | null) {
  return function KnownScreen() {
    const entry = useEntry(role);
    const allowed = me.value !== null && (role === null || me.value.role === role);
    return allowed ? <Screen /> : <Entering {...entry} />;
  };
}

/** A screen for everybody, in the frame of who is logged in, if somebody is. */
function everybodys(Screen: ComponentType) {
  return function OpenScreen() {
    return useVisit() ? <Screen /> : <Entering error={null} retry={() => undefined} />;
  };
}

const OwnHome = own(Home);
const OwnDocuments = own(Documents);
const OwnAdd = own(Add);
const OwnDocument = own(Document);
const OwnTrace = own(Trace);
const OwnProfessionals = own(Professionals);
const PublicApplications = everybodys(Applications);
const PublicApplication = everybodys(Application);
const OwnApplications = own(MyApplications);
const OwnRelatives = own(Relatives);
const OwnAgenda = own(Agenda);
const OwnAppointment = own(Appointment);
const OwnAppointmentForm = own(AppointmentForm);
const OwnCalendarFeeds = own(CalendarFeeds);
const OwnPrevention = own(Prevention);
const OwnMeasures = own(Measures);
const OwnMeasureAdd = own(MeasureAdd);
const OwnMessages = own(Messages);
const OwnConversation = own(ConversationScreen);
const OwnNotices = own(Notices);
const OwnNoticeSettings = own(NoticeSettings);
const AnySettings = known(Settings, null);
const Search = known(ProHome, "professional");
const Triage = known(ProDocuments, "professional");
const Comparing = known(ProCompare, "professional");
const Depositing = known(ProDeposit, "professional");
const Setting = known(ProAppointments, "professional");
const SettingForm = known(ProAppointmentForm, "professional");
const Boxes = known(ProMessages, "professional");
const Exchange = known(ProConversation, "professional");
const Writing = known(ProWrite, "professional");
const Published = known(OwnApplicationList, "publisher");
const PublishedOne = known(OwnApplication, "publisher");
const Publishing = known(OwnApplicationForm, "publisher");
const Reviews = known(Review, "operator");
const Reviewed = known(ReviewFile, "operator");

const BARE = new Set(["/connexion", "/reprise"]);

function Screens() {
  const { path } = useLocation();
  return (
    <Shell bare={BARE.has(path)}>
      <Router onRouteChange={() => scrollTo(0, 0)}>
        <Route path="/connexion" component={Login} />
        <Route path="/reprise" component={Resume} />
        <Route path="/aide" component={Help} />
        <Route path="/editeurs" component={Publishers} />
        <Route path="/editeurs/guide" component={PublisherGuide} />
        <Route path="/editeurs/applications" component={ApplicationGuide} />
        <Route path="/editeurs/fhir" component={FhirGuide} />
        <Route path="/accueil" component={OwnHome} />
        <Route path="/documents" component={OwnDocuments} />
        <Route path="/documents/ajouter" component={OwnAdd} />
        <Route path="/documents/:id" component={OwnDocument} />
        <Route path="/agenda" component={OwnAgenda} />
        <Route path="/agenda/ajouter" component={OwnAppointmentForm} />
        <Route path="/agenda/abonnement" component={OwnCalendarFeeds} />
        <Route path="/agenda/prevention" component={OwnPrevention} />
        <Route path="/agenda/:id" component={OwnAppointment} />
        <Route path="/agenda/:id/modifier" component={OwnAppointmentForm} />
        <Route path="/mesures" component={OwnMeasures} />
        <Route path="/mesures/ajouter" component={OwnMeasureAdd} />
        <Route path="/messages" component={OwnMessages} />
        <Route path="/messages/:id" component={OwnConversation} />
        <Route path="/notifications" component={OwnNotices} />
        <Route path="/acces" component={OwnTrace} />
        <Route path="/professionnels" component={OwnProfessionals} />
        <Route path="/applications" component={PublicApplications} />
        <Route path="/applications/demande" component={ConsentRequest} />
        <Route path="/applications/mes-applications" component={OwnApplications} />
        <Route path="/applications/:id" component={PublicApplication} />
        <Route path="/proches" component={OwnRelatives} />
        <Route path="/plus/avis" component={OwnNoticeSettings} />
        <Route path="/plus" component={AnySettings} />
        <Route path="/pro" component={Search} />
        <Route path="/pro/messages" component={Boxes} />
        <Route path="/pro/messages/:id" component={Exchange} />
        <Route path="/pro/patients/:pid" component={Triage} />
        <Route path="/pro/patients/:pid/ecrire" component={Writing} />
        <Route path="/pro/patients/:pid/documents/:id" component={Triage} />
        <Route path="/pro/patients/:pid/comparer/:id" component={Comparing} />
        <Route path="/pro/patients/:pid/deposer" component={Depositing} />
        <Route path="/pro/patients/:pid/rendez-vous" component={Setting} />
        <Route path="/pro/patients/:pid/rendez-vous/ajouter" component={SettingForm} />
        <Route path="/pro/patients/:pid/rendez-vous/:id" component={SettingForm} />
        <Route path="/editeur" component={Published} />
        <Route path="/editeur/ajouter" component={Publishing} />
        <Route path="/editeur/:id" component={PublishedOne} />
        <Route path="/editeur/:id/modifier" component={Publishing} />
        <Route path="/revue" component={Reviews} />
        <Route path="/revue/:id" component={Reviewed} />
        <Route default component={Lost} />
      </Router>
    </Shell>
  );
}

export function App() {
  return (
    <LocationProvider scope={SCREENS}>
      <Screens />
    </LocationProvider>
  );
}
