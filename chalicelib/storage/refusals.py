"""Why a file is refused: codes for machines, sentences for people.

Why it exists: the checks raise a code and figures; what a person reads, in French or English, says
what is wrong and what to do, and is written here only. Sentences never repeat the file.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

Language = Literal["fr", "en"]


class Code(StrEnum):
    """Every reason for which a file is refused."""

    EMPTY = "empty_file"
    TOO_LARGE = "file_too_large"
    TYPE_UNSUPPORTED = "type_unsupported"
    ARCHIVE = "archive_refused"
    TYPE_MISMATCH = "type_mismatch"
    MARKUP = "markup_refused"
    LEADING_DATA = "leading_data"
    TRAILING_DATA = "trailing_data"
    POLYGLOT = "several_formats"
    TEXT_CONTROL = "text_control_characters"
    TEXT_ENCODING = "text_encoding"
    IMAGE_DAMAGED = "image_damaged"
    IMAGE_TOO_BIG = "image_too_many_pixels"
    IMAGE_PAGES = "image_too_many_pages"
    IMAGE_VARIANT = "image_variant"
    PDF_DAMAGED = "pdf_damaged"
    PDF_ENCRYPTED = "pdf_encrypted"
    PDF_ACTIVE = "pdf_active_content"
    PDF_ATTACHMENT = "pdf_attachment"
    PDF_PAGES = "pdf_too_many_pages"
    PDF_EXPANDS = "pdf_expands_too_much"
    PDF_COMPLEX = "pdf_too_complex"
    XML_DAMAGED = "xml_damaged"
    XML_DTD = "xml_dtd"
    XML_INCLUDE = "xml_include"
    XML_ENCODING = "xml_encoding"
    XML_DEPTH = "xml_too_deep"
    XML_COMPLEX = "xml_too_complex"
    CDA_HEADER = "cda_header_incomplete"
    CDA_BODY = "cda_body_unreadable"
    CDA_TOO_LONG = "cda_too_long"
    OFFICE_DAMAGED = "office_damaged"
    OFFICE_OLD = "office_old_or_encrypted"
    OFFICE_MACROS = "office_macros"
    OFFICE_OBJECT = "office_embedded_object"
    OFFICE_EXTERNAL = "office_external_content"
    OFFICE_FIELD = "office_active_field"
    OFFICE_PICTURE = "office_picture"
    OFFICE_EXPANDS = "office_expands_too_much"
    OFFICE_COMPLEX = "office_too_complex"
    INFECTED = "virus_found"
    SCAN_LIMIT = "scan_incomplete"


class Sentence(NamedTuple):
    """What a person reads; the figures of the refusal go between braces."""

    french: str
    english: str


class Refused(Exception):  # noqa: N818  it is an answer, not a failure of ours
    """A file is refused for a known reason; `params` are the figures its sentence needs."""

    def __init__(self, code: Code, **params: int) -> None:
        """Take the reason and its figures, never a piece of the file."""
        super().__init__(code.value)
        self.code = code
        self.params = params

    def sentence(self, language: Language = "fr") -> str:
        """Say in one sentence or two what is wrong and what to do."""
        sentence = SENTENCES[self.code]
        template = sentence.french if language == "fr" else sentence.english
        return template.format_map(self.params)


SENTENCES: Mapping[Code, Sentence] = {
    Code.EMPTY: Sentence(
        "Ce fichier est vide. Vérifiez le fichier choisi, puis recommencez.",
        "This file is empty. Check the file you chose, then try again.",
    ),
    Code.TOO_LARGE: Sentence(
        "Ce fichier est trop gros\u00a0: la limite est de {limit_mib}\u00a0Mo. "
        "Réduisez-le ou envoyez-le en plusieurs documents.",
        "This file is too large: the limit is {limit_mib} MB. Reduce it or send several documents.",
    ),
    Code.TYPE_UNSUPPORTED: Sentence(
        "Ce type de fichier n’est pas accepté. Envoyez un PDF, une image "
        "(JPEG, PNG, TIFF, HEIC), un document Word (DOCX) ou RTF, un texte simple "
        "ou un document de santé au format CDA.",
        "This type of file is not accepted. Send a PDF, an image (JPEG, PNG, TIFF, HEIC), a Word "
        "(DOCX) or RTF document, plain text or a CDA health document.",
    ),
    Code.ARCHIVE: Sentence(
        "Ce fichier est une archive ZIP, ou un document de bureautique autre que Word (DOCX). "
        "Enregistrez chaque document en PDF, puis recommencez.",
        "This file is a ZIP archive, or an office document other than Word (DOCX). "
        "Save each document as PDF, then try again.",
    ),
    Code.TYPE_MISMATCH: Sentence(
        "Le contenu du fichier ne correspond pas au type annoncé. "
        "Enregistrez-le de nouveau dans le bon format, puis recommencez.",
        "The content of the file does not match the declared type. "
        "Save it again in the right format, then try again.",
    ),
    Code.MARKUP: Sentence(
        "Les pages web et les images SVG ne sont pas acceptées, car elles peuvent exécuter "
        "un programme. Enregistrez le document en PDF, puis recommencez.",
        "Web pages and SVG images are not accepted because they can run a program. "
        "Save the document as PDF, then try again.",
    ),
    Code.LEADING_DATA: Sentence(
        "Ce fichier contient des données avant le début du document. "
        "Enregistrez-le de nouveau avec votre logiciel, puis recommencez.",
        "This file holds data before the document begins. "
        "Save it again with your software, then try again.",
    ),
    Code.TRAILING_DATA: Sentence(
        "Ce fichier contient des données après la fin du document. "
        "Enregistrez-le de nouveau avec votre logiciel, puis recommencez.",
        "This file holds data after the document ends. "
        "Save it again with your software, then try again.",
    ),
    Code.POLYGLOT: Sentence(
        "Ce fichier mélange plusieurs formats, ce qui peut cacher un contenu dangereux. "
        "Enregistrez le document en PDF, puis recommencez.",
        "This file mixes several formats, which may hide dangerous content. "
        "Save the document as PDF, then try again.",
    ),
    Code.TEXT_CONTROL: Sentence(
        "Ce texte contient des caractères invisibles qui ne sont pas acceptés. "
        "Enregistrez-le en texte simple ou en PDF, puis recommencez.",
        "This text holds invisible characters that are not accepted. "
        "Save it as plain text or PDF, then try again.",
    ),
    Code.TEXT_ENCODING: Sentence(
        "L’encodage de ce texte n’est pas accepté. Enregistrez-le en UTF-8, puis recommencez.",
        "The encoding of this text is not accepted. Save it as UTF-8, then try again.",
    ),
    Code.IMAGE_DAMAGED: Sentence(
        "Cette image est abîmée ou incomplète. Ouvrez-la, enregistrez-la de nouveau, "
        "puis recommencez.",
        "This image is damaged or incomplete. Open it, save it again, then try again.",
    ),
    Code.IMAGE_TOO_BIG: Sentence(
        "Cette image est trop grande\u00a0: {limit_millions} millions de pixels au plus. "
        "Réduisez-la, puis recommencez.",
        "This image is too big: {limit_millions} million pixels at most. "
        "Reduce it, then try again.",
    ),
    Code.IMAGE_PAGES: Sentence(
        "Cette image a trop de pages\u00a0: {limit} au plus. Envoyez-la en plusieurs documents.",
        "This image has too many pages: {limit} at most. Send it as several documents.",
    ),
    Code.IMAGE_VARIANT: Sentence(
        "Cette image est d’une variante peu répandue, que d’autres ne pourraient pas ouvrir. "
        "Enregistrez-la en JPEG ou en PDF, puis recommencez.",
        "This image is of a rare variant, which others could not open. "
        "Save it as JPEG or PDF, then try again.",
    ),
    Code.PDF_DAMAGED: Sentence(
        "Ce PDF est abîmé ou incomplet. Ouvrez-le, enregistrez-le de nouveau, puis recommencez.",
        "This PDF is damaged or incomplete. Open it, save it again, then try again.",
    ),
    Code.PDF_ENCRYPTED: Sentence(
        "Ce PDF est protégé par un mot de passe ou chiffré. "
        "Enregistrez une copie sans protection, puis recommencez.",
        "This PDF is encrypted or protected by a password. "
        "Save a copy without protection, then try again.",
    ),
    Code.PDF_ACTIVE: Sentence(
        "Ce PDF contient des éléments actifs (programme, formulaire dynamique, vidéo…). "
        "Imprimez-le en PDF pour obtenir une copie simple, puis recommencez.",
        "This PDF holds active elements (program, dynamic form, video…). "
        "Print it to PDF to get a plain copy, then try again.",
    ),
    Code.PDF_ATTACHMENT: Sentence(
        "Ce PDF contient d’autres fichiers en pièce jointe. Envoyez chaque fichier séparément.",
        "This PDF holds other files as attachments. Send each file separately.",
    ),
    Code.PDF_PAGES: Sentence(
        "Ce PDF a trop de pages\u00a0: {limit} au plus. Envoyez-le en plusieurs documents.",
        "This PDF has too many pages: {limit} at most. Send it as several documents.",
    ),
    Code.PDF_EXPANDS: Sentence(
        "Le contenu de ce PDF est trop volumineux une fois décompressé. "
        "Réduisez la qualité des images, puis recommencez.",
        "The content of this PDF is too large once decompressed. "
        "Lower the quality of its images, then try again.",
    ),
    Code.PDF_COMPLEX: Sentence(
        "Ce PDF est trop complexe pour être vérifié. "
        "Imprimez-le en PDF pour obtenir une copie simple, puis recommencez.",
        "This PDF is too complex to be checked. "
        "Print it to PDF to get a plain copy, then try again.",
    ),
    Code.XML_DAMAGED: Sentence(
        "Ce document CDA est mal formé et ne peut pas être lu. "
        "Signalez-le à l’éditeur du logiciel qui l’a produit.",
        "This CDA document is malformed and cannot be read. "
        "Report it to the publisher of the software that made it.",
    ),
    Code.XML_DTD: Sentence(
        "Ce document CDA contient une définition de type (DTD) ou des entités, "
        "qui sont interdites. Retirez-les, puis recommencez.",
        "This CDA document holds a document type definition (DTD) or entities, "
        "which are forbidden. Remove them, then try again.",
    ),
    Code.XML_INCLUDE: Sentence(
        "Ce document CDA inclut d’autres fichiers (XInclude), ce qui est interdit. "
        "Retirez ces inclusions, puis recommencez.",
        "This CDA document includes other files (XInclude), which is forbidden. "
        "Remove these inclusions, then try again.",
    ),
    Code.XML_ENCODING: Sentence(
        "L’encodage de ce document CDA n’est pas accepté. Enregistrez-le en UTF-8.",
        "The encoding of this CDA document is not accepted. Save it as UTF-8.",
    ),
    Code.XML_DEPTH: Sentence(
        "Ce document CDA a trop de niveaux imbriqués\u00a0: {limit} au plus. "
        "Signalez-le à l’éditeur du logiciel qui l’a produit.",
        "This CDA document is nested too deep: {limit} levels at most. "
        "Report it to the publisher of the software that made it.",
    ),
    Code.XML_COMPLEX: Sentence(
        "Ce document CDA est trop complexe pour être vérifié. "
        "Signalez-le à l’éditeur du logiciel qui l’a produit.",
        "This CDA document is too complex to be checked. "
        "Report it to the publisher of the software that made it.",
    ),
    Code.CDA_HEADER: Sentence(
        "L’en-tête de ce document CDA est incomplet\u00a0: il manque l’identifiant, le type, "
        "la date ou le patient. Complétez-le, puis recommencez.",
        "The header of this CDA document is incomplete: its identifier, type, date or patient "
        "is missing. Complete it, then try again.",
    ),
    Code.CDA_BODY: Sentence(
        "Le contenu de ce document CDA ne peut pas être lu. "
        "Joignez un corps structuré ou un fichier PDF, texte ou image, puis recommencez.",
        "The content of this CDA document cannot be read. "
        "Give it a structured body or a PDF, text or image file, then try again.",
    ),
    Code.CDA_TOO_LONG: Sentence(
        "Ce document CDA est trop long pour être affiché. "
        "Envoyez-le en plusieurs documents, ou joignez son contenu en PDF.",
        "This CDA document is too long to be shown. "
        "Send it as several documents, or embed its content as PDF.",
    ),
    Code.OFFICE_DAMAGED: Sentence(
        "Ce document de traitement de texte est abîmé ou mal formé. "
        "Enregistrez-le en PDF, puis recommencez.",
        "This word processor document is damaged or malformed. Save it as PDF, then try again.",
    ),
    Code.OFFICE_OLD: Sentence(
        "Ce document est d’un ancien format (DOC, XLS…), ou protégé par un mot de passe. "
        "Enregistrez-en une copie en PDF, sans protection, puis recommencez.",
        "This document is of an old format (DOC, XLS…), or protected by a password. "
        "Save a copy as PDF, without protection, then try again.",
    ),
    Code.OFFICE_MACROS: Sentence(
        "Ce document contient des macros, c’est-à-dire un programme. "
        "Enregistrez-le en PDF, puis recommencez.",
        "This document holds macros, which are a program. Save it as PDF, then try again.",
    ),
    Code.OFFICE_OBJECT: Sentence(
        "Ce document contient d’autres fichiers (objet, tableur, graphique, police…). "
        "Enregistrez-le en PDF, puis recommencez.",
        "This document holds other files (object, spreadsheet, chart, font…). "
        "Save it as PDF, then try again.",
    ),
    Code.OFFICE_EXTERNAL: Sentence(
        "Ce document va chercher un contenu ailleurs (modèle, image ou fichier lié). "
        "Enregistrez-le en PDF, puis recommencez.",
        "This document fetches content from elsewhere (template, linked picture or file). "
        "Save it as PDF, then try again.",
    ),
    Code.OFFICE_FIELD: Sentence(
        "Ce document contient un champ qui peut agir ou lire d’autres fichiers. "
        "Enregistrez-le en PDF, puis recommencez.",
        "This document holds a field that may act or read other files. "
        "Save it as PDF, then try again.",
    ),
    Code.OFFICE_PICTURE: Sentence(
        "Ce document contient une image abîmée, ou d’un autre format que JPEG ou PNG. "
        "Enregistrez-le en PDF, puis recommencez.",
        "This document holds a picture that is damaged, or neither JPEG nor PNG. "
        "Save it as PDF, then try again.",
    ),
    Code.OFFICE_EXPANDS: Sentence(
        "Le contenu de ce document est trop volumineux une fois décompressé. "
        "Réduisez la taille de ses images ou enregistrez-le en PDF, puis recommencez.",
        "The content of this document is too large once decompressed. "
        "Reduce its pictures or save it as PDF, then try again.",
    ),
    Code.OFFICE_COMPLEX: Sentence(
        "Ce document est trop complexe pour être vérifié. Enregistrez-le en PDF, puis recommencez.",
        "This document is too complex to be checked. Save it as PDF, then try again.",
    ),
    Code.INFECTED: Sentence(
        "L’antivirus a reconnu un virus dans ce fichier\u00a0: il n’a pas été enregistré. "
        "Demandez une autre copie à la personne qui vous l’a donné, ou analysez votre appareil.",
        "The antivirus found a virus in this file: it was not kept. "
        "Ask whoever gave it to you for another copy, or scan your device.",
    ),
    Code.SCAN_LIMIT: Sentence(
        "L’antivirus n’a pas pu lire ce fichier en entier. "
        "Imprimez-le en PDF pour obtenir une copie simple, puis recommencez.",
        "The antivirus could not read this file to its end. "
        "Print it to PDF to get a plain copy, then try again.",
    ),
}
